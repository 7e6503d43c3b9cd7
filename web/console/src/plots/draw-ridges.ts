import { textStyle, tooltipOf, valueAxis } from '../cards/kinds/axes.js'
import { rampColor } from '../cards/kinds/coloring.js'
import { besideEachOther } from './distribution-plots.js'
import { distributionAt, outlineOf } from './distributions.js'
import type { DrawPlot } from './plot.js'
import { X_NAME_GAP, Y_NAME_GAP } from './side-by-side.js'

interface Api {
  coord(point: readonly number[]): number[]
}

const MAX_RIDGES = 24
/** How many rows a ridge is high, so that ridges overlap a little. */
const OVERLAP = 1.8

/** Histograms by step: outlines above each other, the last step in front. */
export const drawRidges: DrawPlot = (sources, context) =>
  besideEachOther(sources, context, MAX_RIDGES, ({ distributions }, index, values) => {
    const { paint, t, format, step } = context
    const shown = distributionAt(distributions, step)
    const outlines = distributions.map(outlineOf)
    const greatest = outlines.flat().reduce((max, [, density]) => Math.max(max, density), 0) || 1
    const height = (density: number) => (OVERLAP * density) / greatest
    return {
      xAxis: {
        ...{ ...valueAxis({ name: t('cards.value'), paint }), gridIndex: index, nameGap: X_NAME_GAP },
        ...{ ...values, splitLine: { show: false } },
      },
      yAxis: {
        ...{ ...valueAxis({ name: t('curves.step'), paint }), gridIndex: index, nameGap: Y_NAME_GAP },
        ...{ min: 0, max: distributions.length - 1 + OVERLAP, interval: 1 },
        axisLabel: {
          ...{ ...textStyle(paint), hideOverlap: true },
          formatter: (at: number) => {
            const one = distributions[distributions.length - 1 - at]
            return one ? format.tick(one.step) : ''
          },
        },
      },
      series: {
        type: 'custom',
        ...{ xAxisIndex: index, yAxisIndex: index },
        data: distributions.map(({ bins }, i) => [bins[0]!.from, distributions.length - 1 - i]),
        tooltipOf: (i: number) =>
          tooltipOf(t('viewer.step', { step: format.metric(distributions[i]!.step) }), [
            [t('cards.count'), format.metric(distributions[i]!.total)],
          ]),
        renderItem: ({ dataIndex: i }: { readonly dataIndex: number }, api: Api) => {
          const base = distributions.length - 1 - i
          const points = outlines[i]!.map(([x, density]) => api.coord([x, base + height(density)]))
          const isShown = distributions[i] === shown
          return {
            type: 'polygon',
            shape: { points },
            z2: i,
            style: {
              fill: rampColor(paint, distributions.length > 1 ? i / (distributions.length - 1) : 0),
              ...{ opacity: isShown ? 1 : 0.55, lineWidth: isShown ? 2 : 1 },
              stroke: isShown ? paint.text : paint.surface,
            },
          }
        },
      },
    }
  })
