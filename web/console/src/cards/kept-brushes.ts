import { type AxisModel, modelOf } from './chart-model.js'
import { type EChartsCoreOption, type EChartsType, withDefaults } from './echarts.js'

const axesOf = (chart: EChartsType) => modelOf(chart)?.queryComponents({ mainType: 'parallelAxis' }) ?? []

const scaleOf = ({ option: { dim, name, type, data } }: AxisModel) => JSON.stringify([dim, name, type, data])

/** Replaces the option of a chart. Keeps the brushes of axes whose scale is unchanged. */
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
