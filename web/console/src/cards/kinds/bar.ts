import { seriesStyle } from '../../charts/series-style.js'
import { intervalKeys, metricLabel } from '../../metrics/metric-name.js'
import { numberColumn, type Table, textColumn } from '../../ui/table.js'
import { first, isSet } from '../card.js'
import type { RunValues } from '../run-values.js'
import { categoryAxis, GRID, tooltipOf, tooltipStyle, valueAxis } from './axes.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'
import { whiskers } from './whiskers.js'

interface Bar {
  readonly name: string
  readonly color: string
  readonly value: number
  readonly low: number
  readonly high: number
  /** Undefined for a group. */
  readonly runId: string | undefined
  /** The number of runs. */
  readonly count: number
}

const NAME_PX = 110

/**
 * A bar for each run, with the 95 % interval that was logged with the metric; or for each group, with its mean and its least and
 * greatest value.
 */
export const bar: ValuesKind = {
  columns: (options) => columnsOf(first(options, 'y')),
  draw(runs, context) {
    const { options, paint, t, groups } = context
    const metric = first(options, 'y')
    const isGrouped = groups.length > 0
    const ofRuns = barsOf(runs, metric)
    const bars = sorted(isGrouped ? barsOfGroups(ofRuns, groups) : ofRuns, first(options, 'sort'))
    const table = tableOf(bars, metric, context)
    if (bars.length === 0) return nothing(table, t('cards.noValues'))
    const log = isSet(options, 'ly')
    const shown = bars.filter(({ value }) => !log || value > 0).reverse()
    const notes = [
      ...(isGrouped ? [t('cards.groupedBars')] : []),
      ...(shown.length < bars.length ? [t('curves.dropped', { count: bars.length - shown.length })] : []),
    ]
    return {
      table,
      runs: [shown.map(({ runId }) => runId), []],
      chart: {
        grid: { ...GRID, left: NAME_PX + 14, bottom: 30 },
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(shown, context) },
        yAxis: categoryAxis(
          shown.map(({ name }) => name),
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
            data: shown.map(({ color, value }) => ({
              value,
              itemStyle: { color: paint.resolve(color), borderRadius: 2 },
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
      ...(notes.length > 0 && { note: notes.join(' ') }),
    }
  },
}

const columnsOf = (metric: string) =>
  metric ? [metric, ...intervalKeys(metric)].map((key) => `metrics.${key}`) : []

/** A bar of a run, before bars are grouped. */
interface RunBar extends Bar {
  readonly group: string | undefined
}

function barsOf(runs: readonly RunValues[], metric: string): RunBar[] {
  const [lowKey, highKey] = intervalKeys(metric)
  return runs.flatMap(({ run: { runId, name, color, group }, number }) => {
    const value = number(`metrics.${metric}`)
    const [low, high] = [number(`metrics.${lowKey}`), number(`metrics.${highKey}`)]
    return Number.isFinite(value) ? [{ name, color, value, low, high, runId, count: 1, group }] : []
  })
}

/** Groups have the colours of their lines. */
const barsOfGroups = (bars: readonly RunBar[], groups: readonly string[]): Bar[] =>
  groups.flatMap((name, i) => {
    const values = bars.flatMap(({ group, value }) => (group === name ? [value] : []))
    if (values.length === 0) return []
    return {
      ...{ name, color: seriesStyle(i).colour, runId: undefined, count: values.length },
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
      low: Math.min(...values),
      high: Math.max(...values),
    }
  })

function sorted(bars: readonly Bar[], order: string): Bar[] {
  if (order === 'descending') return bars.toSorted((a, b) => b.value - a.value)
  return order === 'ascending' ? bars.toSorted((a, b) => a.value - b.value) : [...bars]
}

function tableOf(bars: readonly Bar[], metric: string, { t, groups }: DrawContext): Table {
  const isGrouped = groups.length > 0
  return {
    columns: [
      textColumn(t(isGrouped ? 'cards.group' : 'column.run_name')),
      numberColumn(metricLabel(metric)),
      numberColumn(t(isGrouped ? 'cards.minimum' : 'cards.low')),
      numberColumn(t(isGrouped ? 'cards.maximum' : 'cards.high')),
      ...(isGrouped ? [numberColumn(t('cards.count'))] : []),
    ],
    rows: bars.map(({ name, value, low, high, count }) => [
      ...[name, value, finite(low), finite(high)],
      ...(isGrouped ? [count] : []),
    ]),
  }
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined)

const tooltipFor =
  (bars: readonly Bar[], { t, format, groups }: DrawContext) =>
  ({ dataIndex }: { readonly dataIndex: number }) => {
    const { name, value, low, high, count } = bars[dataIndex]!
    const range = format.range(low, high)
    if (groups.length > 0)
      return tooltipOf(name, [
        [t('cards.mean'), format.metric(value)],
        [t('cards.choice_range'), range],
        [t('cards.count'), format.integer(count)],
      ])
    return tooltipOf(name, [
      [t('cards.value'), format.metric(value)],
      ...(low <= high ? [[t('run.interval'), range] as const] : []),
    ])
  }
