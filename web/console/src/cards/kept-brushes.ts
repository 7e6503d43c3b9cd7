import { type EChartsCoreOption, type EChartsType, withDefaults } from './echarts.js'

/** The axis of a parallel coordinates chart, as ECharts models it. */
interface AxisModel {
  readonly option: {
    readonly dim?: number
    readonly name?: string
    readonly type?: string
    readonly data?: unknown
  }
  readonly activeIntervals: readonly (readonly number[])[]
  setActiveIntervals(intervals: AxisModel['activeIntervals']): void
}

interface Model {
  queryComponents(query: { readonly mainType: 'parallelAxis' }): readonly AxisModel[]
}

const axesOf = (chart: EChartsType) =>
  (chart as unknown as { getModel(): Model | undefined })
    .getModel()
    ?.queryComponents({ mainType: 'parallelAxis' }) ?? []

const scaleOf = ({ option: { dim, name, type, data } }: AxisModel) => JSON.stringify([dim, name, type, data])

/** Replaces what a chart shows. Brushes of axes whose scale stays remain, as the selection that they made does. */
export function replaceOption(chart: EChartsType, option: EChartsCoreOption): void {
  const brushes = new Map(
    axesOf(chart)
      .filter(({ activeIntervals }) => activeIntervals.length > 0)
      .map((axis) => [scaleOf(axis), axis.activeIntervals]),
  )
  chart.setOption(withDefaults(option), { notMerge: true })
  if (brushes.size === 0) return
  for (const axis of axesOf(chart)) axis.setActiveIntervals(brushes.get(scaleOf(axis)) ?? [])
  chart.setOption({}) // draws them
}
