import { GRID, textStyle, tooltipOf, tooltipStyle, valueAxis, xValueAxis } from '../cards/kinds/axes.js'
import { nothing } from '../cards/kinds/drawing.js'
import { numberColumn, textColumn } from '../ui/table.js'
import { type CurveKind, classCurves } from './class-curves.js'
import type { ClassCurve } from './classifier-statistics.js'
import type { DrawPlot, PlotContext, PlotSource } from './plot.js'

const MAX_CURVES = 30
const LEGEND_PX = 26
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const

interface NamedCurve extends ClassCurve {
  readonly run: string
  readonly label: string
  readonly color: string
  readonly dash: (typeof DASHES)[number]
}

/** Curves of classifiers over runs and classes in one plot. */
export const drawClassCurves =
  (kind: CurveKind): DrawPlot =>
  (sources, context) => {
    const { paint, t } = context
    const found = namedCurves(sources, kind, context)
    const curves = found.slice(0, MAX_CURVES)
    const [x, y] = [t(`plots.x_${kind}`), t(`plots.y_${kind}`)]
    const table = {
      columns: [
        ...[t('column.run_name'), t('plots.class')].map(textColumn),
        ...[x, y, t(kind === 'calibration' ? 'cards.count' : 'plots.threshold')].map(numberColumn),
      ],
      rows: found.flatMap((curve) =>
        curve.xs.map((at, i) => {
          const last = curve.counts?.[i] ?? curve.thresholds[i]
          return [curve.run, curve.className, at, curve.ys[i]!, Number.isFinite(last) ? last : undefined]
        }),
      ),
    }
    if (curves.length === 0) return nothing(table, t('plots.noCurves'))
    const axis = { min: 0, max: 1, scale: false }
    return {
      table,
      runs: [],
      ...(found.length > curves.length && { note: t('plots.firstCurves', { count: MAX_CURVES }) }),
      chart: {
        grid: { ...GRID, bottom: GRID.bottom + LEGEND_PX },
        legend: {
          ...{ type: 'scroll', bottom: 0, itemWidth: 22, itemHeight: 8, icon: 'path://M0 0h22v3H0z' },
          textStyle: { ...textStyle(paint), color: paint.text },
          ...{ pageTextStyle: textStyle(paint), pageIconColor: paint.faint, pageIconSize: 10 },
          data: curves.map(({ label }) => label),
        },
        tooltip: { ...tooltipStyle(paint), trigger: 'axis', formatter: tooltipFor(curves, context) },
        xAxis: { ...xValueAxis({ name: x, paint }), ...axis },
        yAxis: { ...valueAxis({ name: y, paint }), nameGap: 40, ...axis },
        series: [
          ...curves.map(({ label, color, dash, xs, ys }) => ({
            type: 'line',
            name: label,
            data: xs.map((at, i) => [at, ys[i]!]),
            showSymbol: kind === 'calibration',
            symbolSize: 5,
            color,
            lineStyle: { width: 1.75, type: dash },
            emphasis: { focus: 'series' },
          })),
          ...(kind === 'pr' ? [] : [diagonal(paint.faint)]),
        ],
      },
    }
  }

function namedCurves(sources: readonly PlotSource[], kind: CurveKind, context: PlotContext): NamedCurve[] {
  const { className, paint } = context
  const isOneRun = sources.length === 1
  return sources.flatMap(({ name, color, table }) => {
    const all = classCurves(table, kind)
    const wanted = className ? all.filter((curve) => curve.className === className) : all
    return wanted.map((curve, i) => ({
      ...curve,
      run: name,
      label: labelOf(curve, isOneRun ? '' : name, all.length > 1, kind, context) || name,
      color: isOneRun ? paint.series[i % paint.series.length]! : paint.resolve(color),
      dash: DASHES[(isOneRun ? Math.floor(i / paint.series.length) : i) % DASHES.length]!,
    }))
  })
}

/** The run, the class and the summary, as far as they are known and differ. */
function labelOf(
  { className, summary }: ClassCurve,
  name: string,
  hasClasses: boolean,
  kind: CurveKind,
  { t, format }: PlotContext,
): string {
  const figure = Number.isFinite(summary) ? t(`plots.summary_${kind}`, { value: format.metric(summary) }) : ''
  return [name, hasClasses ? className : '', figure].filter(Boolean).join(' · ')
}

/** Guessing for ROC, and perfect calibration. */
const diagonal = (color: string) => ({
  type: 'line',
  data: [
    [0, 0],
    [1, 1],
  ],
  silent: true,
  showSymbol: false,
  color,
  lineStyle: { width: 1, type: 'dashed' },
  tooltip: { show: false },
})

interface Pointed {
  readonly seriesIndex: number
  readonly dataIndex: number
}

const MAX_TOOLTIP = 12

const tooltipFor =
  (curves: readonly NamedCurve[], { t, format }: PlotContext) =>
  (pointed: readonly Pointed[]) =>
    tooltipOf(
      '',
      pointed.slice(0, MAX_TOOLTIP).flatMap(({ seriesIndex, dataIndex: i }) => {
        const curve = curves[seriesIndex]
        if (!curve) return []
        const threshold = curve.thresholds[i]
        const point = `${format.metric(curve.xs[i]!)}, ${format.metric(curve.ys[i]!)}`
        const extra = Number.isFinite(threshold)
          ? ` (${t('plots.threshold')} ${format.metric(threshold!)})`
          : curve.counts
            ? ` (${format.integer(curve.counts[i]!)})`
            : ''
        return [[curve.label, point + extra] as const]
      }),
    )
