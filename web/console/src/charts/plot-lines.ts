/** A line of a chart as plugins see it. */
export interface ChartLine {
  /** The id of the run or group. */
  readonly id: string
  /** True if it is the mean of several runs. */
  readonly isGroup: boolean
  readonly label: string
  /** Resolved for a canvas. */
  readonly colour: string
  /** Index of uPlot's series with its values. */
  readonly series: number
}
