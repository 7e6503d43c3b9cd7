import { directionOf } from '../../metrics/direction.js'
import { intervalKeys, metricLabel } from '../../metrics/metric-name.js'
import { numberColumn, textColumn } from '../../ui/table.js'
import { first, list } from '../card.js'
import type { RunValues } from '../run-values.js'
import { categoryAxis, GRID, tooltipOf, tooltipStyle, valueAxis } from './axes.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'
import { whiskers } from './whiskers.js'

interface Difference {
  readonly run: RunValues
  readonly metric: string
  readonly difference: number
  /** NaN without intervals of both. */
  readonly low: number
  readonly high: number
}

const NAME_PX = 130

/** The difference of each run to a baseline, with an interval where both have one. */
export const difference: ValuesKind = {
  columns: (options) =>
    list(options, 'y').flatMap((metric) => [metric, ...intervalKeys(metric)].map((key) => `metrics.${key}`)),
  draw(runs, context) {
    const { options, within, paint, t } = context
    const compared = within ? runs.filter(({ run }) => within.has(run.runId)) : runs
    const base = runs.find(({ run }) => run.runId === first(options, 'b')) ?? runs[0]
    const differences = base
      ? list(options, 'y').flatMap((metric) => compared.flatMap((run) => differenceOf(run, base, metric)))
      : []
    const table = {
      columns: [
        textColumn(t('column.run_name')),
        textColumn(t('cards.metric')),
        ...[t('cards.difference'), t('cards.low'), t('cards.high')].map(numberColumn),
      ],
      rows: differences.map(({ run, metric, ...one }) => [
        ...[run.run.name, metricLabel(metric), one.difference, finite(one.low), finite(one.high)],
      ]),
    }
    if (!base || differences.length === 0) return nothing(table, t('cards.noDifference'))
    const shown = differences.toReversed()
    const several = list(options, 'y').length > 1
    return {
      table,
      note: t('cards.differenceNote', { name: base.run.name }),
      runs: [shown.map(({ run }) => run.run.runId), []],
      chart: {
        grid: { ...GRID, left: NAME_PX + 14, bottom: 30 },
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(shown, context) },
        yAxis: categoryAxis(
          shown.map(({ run, metric }) =>
            several ? `${metricLabel(metric)} · ${run.run.name}` : run.run.name,
          ),
          paint,
          NAME_PX,
        ),
        xAxis: { ...valueAxis({ name: '', paint }), scale: false },
        series: [
          {
            type: 'bar',
            barMaxWidth: 18,
            data: shown.map((one) => ({
              value: one.difference,
              itemStyle: { color: toneOf(one, context), borderRadius: 2 },
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
    }
  },
}

/** The half widths of independent intervals add in squares. */
function differenceOf(run: RunValues, base: RunValues, metric: string): Difference[] {
  if (run === base) return []
  const [value, reference] = [run, base].map((one) => one.number(`metrics.${metric}`)) as [number, number]
  if (!Number.isFinite(value - reference)) return []
  const half = Math.hypot(halfWidth(run, metric), halfWidth(base, metric))
  const difference = value - reference
  return [{ run, metric, difference, low: difference - half, high: difference + half }]
}

function halfWidth(run: RunValues, metric: string): number {
  const [low, high] = intervalKeys(metric).map((key) => run.number(`metrics.${key}`)) as [number, number]
  return (high - low) / 2
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined)

/** Grey if the interval contains zero, or it is unknown which direction is better. */
function toneOf({ metric, difference, low, high }: Difference, { paint }: DrawContext): string {
  const direction = directionOf(metric)
  if (direction === 0 || (low <= 0 && high >= 0) || difference === 0) return paint.faint
  return difference * direction > 0 ? paint.good : paint.bad
}

const tooltipFor =
  (differences: readonly Difference[], { t, format }: DrawContext) =>
  ({ dataIndex }: { readonly dataIndex: number }) => {
    const { run, metric, difference, low, high } = differences[dataIndex]!
    return tooltipOf(run.run.name, [
      [metricLabel(metric), signed(difference, format)],
      ...(low <= high
        ? [[t('run.interval'), `${signed(low, format)} – ${signed(high, format)}`] as const]
        : []),
    ])
  }

const signed = (value: number, format: DrawContext['format']) =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${format.metric(Math.abs(value))}`
