import { intervalKeys, metricLabel } from '../../metrics/metric-name.js'
import { numberColumn, textColumn } from '../../ui/table.js'
import { first, isSet } from '../card.js'
import type { RunValues } from '../run-values.js'
import { categoryAxis, GRID, tooltipOf, tooltipStyle, valueAxis } from './axes.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'
import { whiskers } from './whiskers.js'

interface Bar {
  readonly run: RunValues
  readonly value: number
  readonly low: number
  readonly high: number
}

const NAME_PX = 110

/** A bar for each run, with the 95 % interval that was logged with the metric. */
export const bar: ValuesKind = {
  columns: (options) => columnsOf(first(options, 'y')),
  draw(runs, context) {
    const { options, paint, t } = context
    const metric = first(options, 'y')
    const bars = sorted(barsOf(runs, metric), first(options, 'sort'))
    const table = {
      columns: [
        textColumn(t('column.run_name')),
        numberColumn(metricLabel(metric)),
        numberColumn(t('cards.low')),
        numberColumn(t('cards.high')),
      ],
      rows: bars.map(({ run, value, low, high }) => [run.run.name, value, finite(low), finite(high)]),
    }
    if (bars.length === 0) return nothing(table, t('cards.noValues'))
    const log = isSet(options, 'ly')
    const shown = bars.filter(({ value }) => !log || value > 0).reverse()
    return {
      table,
      runs: [shown.map(({ run }) => run.run.runId), []],
      chart: {
        grid: { ...GRID, left: NAME_PX + 14, bottom: 30 },
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(shown, context) },
        yAxis: categoryAxis(
          shown.map(({ run }) => run.run.name),
          paint,
          NAME_PX,
        ),
        xAxis: {
          ...valueAxis({ name: '', log, paint }),
          scale: false,
        },
        series: [
          {
            type: 'bar',
            barMaxWidth: 22,
            data: shown.map(({ run, value }) => ({
              value,
              itemStyle: { color: paint.resolve(run.run.color), borderRadius: 2 },
            })),
            emphasis: { itemStyle: { borderColor: paint.text, borderWidth: 1.5 } },
          },
          whiskers(
            shown.map(({ low, high }, i) => [i, low, high] as const),
            paint,
            'x',
          ),
        ],
      },
      ...(log &&
        shown.length < bars.length && { note: t('curves.dropped', { count: bars.length - shown.length }) }),
    }
  },
}

const columnsOf = (metric: string) =>
  metric ? [metric, ...intervalKeys(metric)].map((key) => `metrics.${key}`) : []

function barsOf(runs: readonly RunValues[], metric: string): Bar[] {
  const [lowKey, highKey] = intervalKeys(metric)
  return runs.flatMap((run) => {
    const value = run.number(`metrics.${metric}`)
    const [low, high] = [run.number(`metrics.${lowKey}`), run.number(`metrics.${highKey}`)]
    return Number.isFinite(value) ? [{ run, value, low, high }] : []
  })
}

function sorted(bars: readonly Bar[], order: string): Bar[] {
  if (order === 'descending') return bars.toSorted((a, b) => b.value - a.value)
  return order === 'ascending' ? bars.toSorted((a, b) => a.value - b.value) : [...bars]
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined)

const tooltipFor =
  (bars: readonly Bar[], { t, format }: DrawContext) =>
  ({ dataIndex }: { readonly dataIndex: number }) => {
    const { run, value, low, high } = bars[dataIndex]!
    return tooltipOf(run.run.name, [
      [t('cards.value'), format.metric(value)],
      ...(low <= high
        ? [[t('run.interval'), `${format.metric(low)} – ${format.metric(high)}`] as const]
        : []),
    ])
  }
