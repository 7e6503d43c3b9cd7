import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { metricLabel } from '../metrics/metric-name.js'
import type { PlotStyle, XRange } from './chart-options.js'
import { curveLines } from './curve-lines.js'
import type { CurveRun } from './curve-run.js'
import type { CurveView } from './curve-view.js'
import { noteLoadingLines } from './loading-lines.js'
import { useBuckets } from './use-buckets.js'
import { clampRange } from './zoom.js'

interface CurvesOptions {
  readonly metrics: readonly string[]
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
  readonly enabled: boolean
}

/** The lines of a chart, which loads anew for the range of a zoom. */
export function useCurves({ metrics, runs, view, enabled }: CurvesOptions) {
  const { t } = useTranslation()
  const { axis, xMetric } = view
  const axisId = `${axis} ${axis === 'metric' ? xMetric : ''}`
  const [zoomed, setZoom] = useState<{ readonly range: XRange; readonly axisId: string }>()
  const zoom = zoomed?.axisId === axisId ? zoomed.range : undefined
  const { overview, placed, isLoading, failed } = useBuckets({ metrics, runs, axis, xMetric, zoom, enabled })
  useEffect(() => (isLoading ? noteLoadingLines() : undefined), [isLoading])
  const { lines, dropped } = useMemo(
    () => (placed ? curveLines(metrics, placed, runs, view) : { lines: [], dropped: 0 }),
    [metrics, placed, runs, view],
  )
  const style = useMemo((): PlotStyle => plotStyle(view), [view])
  const changeZoom = (wanted: XRange | undefined) => {
    const range = wanted && overview.placed && clampRange(wanted, overview.placed.flat())
    setZoom(range && { range, axisId })
  }
  const xLabel =
    axis === 'metric'
      ? metricLabel(xMetric)
      : t(`curves.${({ step: 'step', time: 'seconds', wall: 'wall' } as const)[axis]}`)
  return { lines, dropped, style, xLabel, isLoading, failed, isReady: placed !== undefined, zoom, changeZoom }
}

const plotStyle = ({ axis, log, logX, points, ignoreOutliers, yMin, yMax }: CurveView): PlotStyle => ({
  ...{ log, logX, wall: axis === 'wall', points, ignoreOutliers },
  ...(yMin !== undefined && { yMin }),
  ...(yMax !== undefined && { yMax }),
})
