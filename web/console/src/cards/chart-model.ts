import type { EChartsType } from './echarts.js'

/** The axis of a parallel coordinates chart. */
export interface AxisModel {
  readonly option: {
    readonly dim?: number
    readonly name?: string
    readonly type?: string
    readonly data?: unknown
  }
  readonly activeIntervals: readonly (readonly number[])[]
  setActiveIntervals(intervals: AxisModel['activeIntervals']): void
}

interface ChartModel {
  queryComponents(query: { readonly mainType: 'parallelAxis' }): readonly AxisModel[]
  /** Parallel coordinates have one series, which knows the lines inside of the brushes. */
  getSeries(): readonly { getRawIndicesByActiveState?(state: 'active'): readonly number[] }[]
}

/** ECharts' model of a chart, which its types leave out; undefined before the first option. */
export const modelOf = (chart: EChartsType): ChartModel | undefined =>
  (chart as unknown as { getModel(): ChartModel | undefined }).getModel()

/** The indexes of the lines inside of all brushes; none without a brush. */
export const brushedIndexes = (chart: EChartsType): readonly number[] =>
  modelOf(chart)?.getSeries()[0]?.getRawIndicesByActiveState?.('active') ?? []
