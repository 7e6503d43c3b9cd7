import { drawClassCurves } from './draw-class-curves.js'
import { drawConfusion } from './draw-confusion.js'
import { drawHeat } from './draw-heat.js'
import { drawHistogramsAtStep } from './draw-histograms.js'
import { drawRidges } from './draw-ridges.js'
import type { DrawPlot } from './plot.js'
import type { PlotKind } from './plot-kinds.js'

export const PLOTS: Readonly<Record<PlotKind, DrawPlot>> = {
  roc: drawClassCurves('roc'),
  pr: drawClassCurves('pr'),
  calibration: drawClassCurves('calibration'),
  confusion: drawConfusion,
  heat: drawHeat,
  ridge: drawRidges,
  histogram: drawHistogramsAtStep,
}
