import type { SeriesStyle } from './series-style.js'

/** A run as charts of its metrics see it. */
export interface CurveRun {
  readonly id: string
  readonly label: string
  readonly style: SeriesStyle
  readonly live: boolean
  /** Runs of a group are drawn as their mean. */
  readonly group?: string
  /** The style of the group, the same in every chart. */
  readonly groupStyle?: SeriesStyle
}
