import { BANDS, type CurveView, DEFAULT_VIEW, POINTS, smoothingFromText } from '../charts/curve-view.js'
import type { Axis } from '../charts/series.js'
import { first, isSet, type Options } from './card.js'

const AXES = ['step', 'time', 'wall', 'metric'] as const

/** The options of lines: those of the card, else those of the panel, else the defaults. */
export function viewOf(panel: Options, own: Options): CurveView {
  const options = { ...panel, ...own }
  const axis: Axis = AXES.find((one) => one === first(options, 'x')) ?? DEFAULT_VIEW.axis
  const xMetric = first(options, 'xm')
  return {
    axis: axis === 'metric' && !xMetric ? DEFAULT_VIEW.axis : axis,
    xMetric,
    logX: isSet(options, 'lx'),
    log: isSet(options, 'ly'),
    smoothing: smoothingFromText(first(options, 'sm')),
    ignoreOutliers: isSet(options, 'io'),
    yMin: numberFrom(first(options, 'y0')),
    yMax: numberFrom(first(options, 'y1')),
    points: POINTS.find((one) => one === first(options, 'pt')) ?? DEFAULT_VIEW.points,
    band: BANDS.find((one) => one === first(options, 'band')) ?? DEFAULT_VIEW.band,
  }
}

const numberFrom = (text: string): number | undefined =>
  text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text)
