import { GRID, textStyle, tooltipOf, tooltipStyle, xValueAxis, yValueAxis } from '../cards/kinds/axes.js'
import { nothing } from '../cards/kinds/drawing.js'
import { runsOf, tableOf } from './distribution-plots.js'
import { distributionAt, outlineOf } from './distributions.js'
import type { DrawPlot } from './plot.js'

/** The outlines of the histograms of all runs at a step. */
export const drawHistogramsAtStep: DrawPlot = (sources, context) => {
  const { paint, t, format, step } = context
  const runs = runsOf(sources)
  const table = tableOf(runs, context)
  const shown = runs.flatMap(({ run, distributions }) => {
    const distribution = distributionAt(distributions, step)
    return distribution ? [{ run, distribution }] : []
  })
  if (shown.length === 0) return nothing(table, t('plots.noDistributions'))
  return {
    table,
    runs: [],
    note: t('plots.densityNote'),
    chart: {
      grid: { ...GRID, bottom: GRID.bottom + 26 },
      legend: {
        ...{ type: 'scroll', bottom: 0, itemWidth: 22, itemHeight: 8, icon: 'path://M0 0h22v3H0z' },
        textStyle: { ...textStyle(paint), color: paint.text },
      },
      tooltip: {
        ...{ ...tooltipStyle(paint), trigger: 'axis' },
        formatter: (pointed: readonly { readonly seriesName: string; readonly value: number[] }[]) =>
          tooltipOf(
            format.metric(pointed[0]?.value[0]),
            pointed.map(({ seriesName, value }) => [seriesName, format.metric(value[1])] as const),
          ),
      },
      xAxis: xValueAxis({ name: t('cards.value'), paint }),
      yAxis: { ...yValueAxis({ name: t('plots.density'), paint }), min: 0 },
      series: shown.map(({ run, distribution }) => ({
        ...{ type: 'line', showSymbol: false, data: outlineOf(distribution) },
        name: `${run.name} · ${t('viewer.step', { step: format.metric(distribution.step) })}`,
        color: paint.resolve(run.color),
        lineStyle: { width: 1.5 },
        areaStyle: { opacity: shown.length > 3 ? 0 : 0.15 },
      })),
    },
  }
}
