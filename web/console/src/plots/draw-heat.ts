import { tooltipOf, valueAxis } from '../cards/kinds/axes.js'
import { rampColor } from '../cards/kinds/coloring.js'
import { besideEachOther } from './distribution-plots.js'
import { coarseBins, type Distribution, distributionAt } from './distributions.js'
import type { DrawPlot, PlotContext } from './plot.js'
import { X_NAME_GAP, Y_NAME_GAP } from './side-by-side.js'

interface Api {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
}

const MAX_HEAT_STEPS = 200
const MAX_HEAT_BINS = 200

/** Histograms by step: columns of a heat map. */
export const drawHeat: DrawPlot = (sources, context) =>
  besideEachOther(sources, context, MAX_HEAT_STEPS, ({ distributions }, index, values) => {
    const { paint, t, step } = context
    const cells = distributions.flatMap(({ step: at, bins, total }, i) => {
      const next = distributions[i + 1]?.step ?? at + widthOfLast(distributions)
      return coarseBins(bins, MAX_HEAT_BINS).map((bin) => ({ at, next, ...bin, share: bin.count / total }))
    })
    const greatest = cells.reduce((max, { share }) => Math.max(max, share), 0)
    return {
      xAxis: {
        ...{ ...valueAxis({ name: t('curves.step'), paint }), gridIndex: index, nameGap: X_NAME_GAP },
        ...{ min: distributions[0]!.step, max: cells.at(-1)!.next, splitLine: { show: false } },
      },
      yAxis: {
        ...{ ...valueAxis({ name: t('cards.value'), paint }), gridIndex: index, nameGap: Y_NAME_GAP },
        ...values,
      },
      series: {
        type: 'custom',
        ...{ xAxisIndex: index, yAxisIndex: index, clip: true },
        data: cells.map(({ at, from, to, count }) => [at, from, to, count]),
        encode: { x: 0, y: [1, 2] },
        tooltipOf: (i: number) => {
          const { at, from, to, count, share } = cells[i]!
          return binTooltip(context, at, from, to, count, share)
        },
        renderItem: ({ dataIndex }: { readonly dataIndex: number }, api: Api) => {
          const { at, next, from, to, share } = cells[dataIndex]!
          const [left, bottom] = api.coord([at, from]) as [number, number]
          const [right, top] = api.coord([next, to]) as [number, number]
          return {
            type: 'rect',
            shape: { x: left, y: top, width: right - left + 0.5, height: Math.max(1, bottom - top + 0.5) },
            style: { fill: rampColor(paint, share / (greatest || 1)) },
          }
        },
      },
      mark: distributionAt(distributions, step)?.step,
    }
  })

const widthOfLast = (distributions: readonly Distribution[]) => {
  const [before, last] = distributions.slice(-2)
  return before && last ? last.step - before.step : 1
}

const binTooltip = (
  { t, format }: PlotContext,
  step: number,
  from: number,
  to: number,
  count: number,
  share: number,
) =>
  tooltipOf(t('viewer.step', { step: format.metric(step) }), [
    [t('cards.value'), format.range(from, to)],
    [t('cards.count'), format.metric(count)],
    [t('plots.share'), format.share(share)],
  ])
