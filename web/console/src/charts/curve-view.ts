import type { Axis } from './series.js'
import { SMOOTHING_KINDS, type Smoothing, type SmoothingKind } from './smoothing.js'

export const BANDS = ['range', 'deviation', 'interval'] as const
/** The band around the mean of a group of runs shows all values, the standard deviation or the 95 % interval of the mean. */
export type Band = (typeof BANDS)[number]

export const POINTS = ['auto', 'all', 'none'] as const
export type Points = (typeof POINTS)[number]

/** Options of charts of metrics over steps. */
export interface CurveView {
  readonly axis: Axis
  /** The metric of the horizontal axis `metric`. */
  readonly xMetric: string
  readonly logX: boolean
  readonly log: boolean
  readonly smoothing: Smoothing
  /** Scales y to the values between the 5th and the 95th percentile. */
  readonly ignoreOutliers: boolean
  readonly yMin: number | undefined
  readonly yMax: number | undefined
  readonly points: Points
  readonly band: Band
}

export const DEFAULT_VIEW: CurveView = {
  axis: 'step',
  xMetric: '',
  logX: false,
  log: false,
  smoothing: { kind: 'ema', weight: 0 },
  ignoreOutliers: false,
  yMin: undefined,
  yMax: undefined,
  points: 'auto',
  band: 'range',
}

/** The options that pages of one run keep in the URL. */
export interface CurveSearch {
  readonly axis?: string
  readonly log?: string
  readonly smooth?: string
}

const PAGE_AXES = ['step', 'time', 'wall'] as const

export function viewFromSearch({ axis, log, smooth = '' }: CurveSearch): CurveView {
  return {
    ...DEFAULT_VIEW,
    axis: PAGE_AXES.find((one) => one === axis) ?? 'step',
    log: log === 'true',
    smoothing: smoothingFromText(smooth),
  }
}

export const viewToSearch = ({ axis, log, smoothing }: CurveView): Required<CurveSearch> => ({
  axis: axis === 'step' ? '' : axis,
  log: log ? 'true' : '',
  smooth: smoothingToText(smoothing),
})

/** `0.6` for an exponential moving average, `gaussian-0.6` for the others. */
export const smoothingToText = ({ kind, weight }: Smoothing): string =>
  weight > 0 ? (kind === 'ema' ? String(weight) : `${kind}-${weight}`) : ''

export function smoothingFromText(text: string): Smoothing {
  const [kind, number] = text.includes('-') ? text.split('-') : ['ema', text]
  const weight = Number(number)
  return {
    kind: SMOOTHING_KINDS.find((one): one is SmoothingKind => one === kind) ?? 'ema',
    weight: weight > 0 && weight < 1 ? weight : 0,
  }
}
