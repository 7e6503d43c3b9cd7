import { metricLabel } from '../../metrics/metric-name.js'
import { numberColumn } from '../../ui/table.js'
import { first } from '../card.js'
import { histogramOf } from '../statistics/histogram.js'
import { GRID, tooltipOf, tooltipStyle, xValueAxis, yValueAxis } from './axes.js'
import { nothing, type ValuesKind } from './drawing.js'

const MAX_BINS = 200

interface Api {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
}

/** How often values of a metric occur among the runs. */
export const histogram: ValuesKind = {
  columns: (options) => (first(options, 'y') ? [`metrics.${first(options, 'y')}`] : []),
  draw(runs, { options, paint, t, format }) {
    const metric = first(options, 'y')
    const wanted = Math.floor(Number(first(options, 'n')))
    const values = runs.map((run) => run.number(`metrics.${metric}`))
    const bins = histogramOf(values, wanted >= 1 ? Math.min(MAX_BINS, wanted) : undefined)
    const table = {
      columns: [t('cards.from'), t('cards.to'), t('experiments.runs')].map(numberColumn),
      rows: bins.map(({ from, to, count }) => [from, to, count]),
    }
    if (bins.length === 0) return nothing(table, t('cards.noValues'))
    const label = metricLabel(metric)
    return {
      table,
      runs: [],
      chart: {
        grid: GRID,
        tooltip: {
          ...tooltipStyle(paint),
          formatter: ({ dataIndex }: { readonly dataIndex: number }) => {
            const { from, to, count } = bins[dataIndex]!
            const range = format.range(from, to)
            return tooltipOf(label, [[range, t('runs.count', { count })]])
          },
        },
        xAxis: xValueAxis({ name: label, paint }),
        yAxis: {
          ...yValueAxis({ name: t('experiments.runs'), paint }),
          scale: false,
          minInterval: 1,
        },
        series: [
          {
            type: 'custom',
            data: bins.map(({ from, to, count }) => [from, to, count]),
            encode: { x: [0, 1], y: 2 },
            renderItem: (_: unknown, api: Api) => column(api, paint.accent),
          },
        ],
      },
    }
  },
}

const MIN_PX = 2

/** A column from one end of its bin to the other; a bin of one value has the width of a line. */
function column(api: Api, fill: string) {
  const [left, top] = api.coord([api.value(0), api.value(2)])
  const [right, bottom] = api.coord([api.value(1), 0])
  const width = Math.max(MIN_PX, right! - left! - 1)
  return {
    type: 'rect',
    shape: { x: left!, y: top!, width, height: bottom! - top! },
    style: { fill, opacity: 0.85 },
    emphasis: { style: { opacity: 1 } },
  }
}
