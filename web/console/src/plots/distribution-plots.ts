import { tooltipStyle } from '../cards/kinds/axes.js'
import { nothing } from '../cards/kinds/drawing.js'
import type { Paint } from '../cards/paint.js'
import { numberColumn, textColumn } from '../ui/table.js'
import { type Distribution, distributionsOf } from './distributions.js'
import type { PlotContext, PlotSource } from './plot.js'
import { MAX_PLOTS, sideBySide } from './side-by-side.js'

interface RunDistributions {
  readonly run: PlotSource
  readonly distributions: readonly Distribution[]
}

/** The steps at which any run has a histogram. */
export const stepsOf = (sources: readonly PlotSource[]): readonly number[] =>
  [...new Set(runsOf(sources).flatMap(({ distributions }) => distributions.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  )

interface Plot {
  readonly xAxis: object
  readonly yAxis: object
  readonly series: object & { readonly tooltipOf: (dataIndex: number) => HTMLElement }
  /** A position on the horizontal axis that is marked by a line. */
  readonly mark?: number | undefined
}

/** The least and the greatest value of all runs, so that their axes are the same. */
interface Values {
  readonly min: number
  readonly max: number
}

function valuesOf(runs: readonly RunDistributions[]): Values {
  const bins = runs.flatMap(({ distributions }) => distributions.flatMap((one) => one.bins))
  return {
    min: bins.reduce((min, { from }) => Math.min(min, from), Number.POSITIVE_INFINITY),
    max: bins.reduce((max, { to }) => Math.max(max, to), Number.NEGATIVE_INFINITY),
  }
}

/** A plot of each run, beside each other. */
export function besideEachOther(
  sources: readonly PlotSource[],
  context: PlotContext,
  maxSteps: number,
  plotOf: (run: RunDistributions, index: number, values: Values) => Plot,
) {
  const { paint, t } = context
  const all = runsOf(sources)
  const table = tableOf(all, context)
  const runs = all.slice(0, MAX_PLOTS)
  if (runs.length === 0) return nothing(table, t('plots.noDistributions'))
  const values = valuesOf(runs)
  const plots = runs.map((run, i) =>
    plotOf({ ...run, distributions: thinned(run.distributions, maxSteps) }, i, values),
  )
  const notes = [
    ...(sources.length > runs.length ? [t('cards.firstRuns', { count: runs.length })] : []),
    ...(runs.some(({ distributions }) => distributions.length > maxSteps)
      ? [t('plots.thinned', { count: maxSteps })]
      : []),
  ]
  return {
    table,
    runs: [],
    ...(notes.length > 0 && { note: notes.join(' ') }),
    chart: {
      ...sideBySide(
        runs.map(({ run }) => run.name),
        paint,
      ),
      tooltip: {
        ...tooltipStyle(paint),
        formatter: ({
          seriesIndex,
          dataIndex,
        }: {
          readonly seriesIndex: number
          readonly dataIndex: number
        }) => plots[seriesIndex]!.series.tooltipOf(dataIndex),
      },
      xAxis: plots.map(({ xAxis }) => xAxis),
      yAxis: plots.map(({ yAxis }) => yAxis),
      series: [
        ...plots.map(({ series: { tooltipOf: _, ...series } }) => series),
        ...plots.flatMap(({ mark }, i) => (mark === undefined ? [] : [markedBy(mark, i, paint)])),
      ],
    },
  }
}

export const runsOf = (sources: readonly PlotSource[]): RunDistributions[] =>
  sources
    .map((run) => ({ run, distributions: distributionsOf(run.table) }))
    .filter(({ distributions }) => distributions.length > 0)

export const tableOf = (runs: readonly RunDistributions[], { t }: PlotContext) => ({
  columns: [
    textColumn(t('column.run_name')),
    ...[t('curves.step'), t('cards.from'), t('cards.to'), t('cards.count')].map(numberColumn),
  ],
  rows: runs.flatMap(({ run, distributions }) =>
    distributions.flatMap(({ step, bins }) =>
      bins.map(({ from, to, count }) => [run.name, step, from, to, count] as const),
    ),
  ),
})

/** Evenly spaced ones, with the first and the last. */
function thinned(distributions: readonly Distribution[], max: number): readonly Distribution[] {
  if (distributions.length <= max) return distributions
  const last = distributions.length - 1
  return Array.from({ length: max }, (_, i) => distributions[Math.round((i * last) / (max - 1))]!)
}

const markedBy = (at: number, index: number, { text }: Paint) => ({
  ...{ type: 'line', xAxisIndex: index, yAxisIndex: index, data: [] },
  markLine: {
    ...{ silent: true, symbol: 'none', animation: false, label: { show: false } },
    lineStyle: { color: text, width: 1.5, type: 'solid' },
    data: [{ xAxis: at }],
  },
})
