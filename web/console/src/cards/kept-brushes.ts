import type { Intervals } from './brush.js'
import { type AxisModel, modelOf } from './chart-model.js'
import { type EChartsCoreOption, type EChartsType, withDefaults } from './echarts.js'

const axesOf = (chart: EChartsType) => modelOf(chart)?.queryComponents({ mainType: 'parallelAxis' }) ?? []

const scaleOf = ({ option: { dim, name, type, data } }: AxisModel) => JSON.stringify([dim, name, type, data])

/** The brushed parts of the axes of a chart; empty without a brush. */
export const brushedIntervals = (chart: EChartsType): Intervals =>
  new Map(
    axesOf(chart)
      .filter(({ activeIntervals }) => activeIntervals.length > 0)
      .map((axis) => [scaleOf(axis), axis.activeIntervals]),
  )

/**
 * Replaces the option of a chart. Keeps the brushes of axes whose scale is unchanged.
 *
 * @param initial the brushes of a chart that has drawn nothing yet
 */
export function replaceOption(chart: EChartsType, option: EChartsCoreOption, initial?: Intervals): void {
  const brushes = modelOf(chart) ? brushedIntervals(chart) : initial
  chart.setOption(withDefaults(option), { notMerge: true })
  if (brushes && brushes.size > 0) setBrushes(chart, brushes)
}

export function setBrushes(chart: EChartsType, brushes: Intervals): void {
  for (const axis of axesOf(chart)) axis.setActiveIntervals(brushes.get(scaleOf(axis)) ?? [])
  chart.setOption({}) // draws them
}
