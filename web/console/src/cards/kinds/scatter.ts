import { numberColumn, textColumn } from '../../ui/table.js'
import { first, isSet } from '../card.js'
import { columnLabel } from '../column-label.js'
import type { RunValues } from '../run-values.js'
import { type Direction, paretoFront } from '../statistics/pareto.js'
import { GRID, tooltipOf, tooltipStyle, xValueAxis, yValueAxis } from './axes.js'
import { coloringBy } from './coloring.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'

interface Dot {
  readonly run: RunValues
  readonly x: number
  readonly y: number
}

const SCALE_PX = 66

/** A point for each run, by any two metrics or parameters. */
export const scatter: ValuesKind = {
  columns: (options) => ['x', 'y', 'c'].map((key) => first(options, key)).filter(Boolean),
  draw(runs, context) {
    const { options, paint, t } = context
    const [x, y, c] = ['x', 'y', 'c'].map((key) => first(options, key)) as [string, string, string]
    const [logX, logY] = [isSet(options, 'lx'), isSet(options, 'ly')]
    const dots = dotsOf(runs, x, y)
    const shown = dots.filter((dot) => (!logX || dot.x > 0) && (!logY || dot.y > 0))
    const table = {
      columns: [
        textColumn(t('column.run_name')),
        ...[x, y, c].filter(Boolean).map((id) => numberColumn(columnLabel(id))),
      ],
      rows: dots.map(({ run, ...dot }) => [run.run.name, dot.x, dot.y, ...(c ? [run.text(c)] : [])]),
    }
    if (shown.length === 0) return nothing(table, t('cards.noPairs'))
    const coloring = coloringBy(
      c,
      shown.map(({ run }) => run),
      context,
    )
    const front = isSet(options, 'pf') ? frontOf(shown, options) : []
    return {
      table,
      runs: [shown.map(({ run }) => run.run.runId), []],
      chart: {
        grid: { ...GRID, right: coloring.visualMap ? SCALE_PX : GRID.right },
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(shown, [x, y, c], context) },
        xAxis: xValueAxis({ name: columnLabel(x), log: logX, paint }),
        yAxis: yValueAxis({ name: columnLabel(y), log: logY, paint }),
        ...(coloring.visualMap && { visualMap: coloring.visualMap }),
        series: [
          {
            type: 'scatter',
            symbolSize: shown.length > 300 ? 6 : 10,
            data: shown.map(({ run, ...dot }) => ({
              value: [dot.x, dot.y],
              itemStyle: { color: coloring.colorOf(run), opacity: 0.85 },
            })),
            emphasis: { scale: 1.5, itemStyle: { borderColor: paint.text, borderWidth: 1.5, opacity: 1 } },
          },
          {
            type: 'line',
            silent: true,
            symbol: 'none',
            step: false,
            data: front.map((i) => [shown[i]!.x, shown[i]!.y]),
            lineStyle: { color: paint.faint, type: 'dashed', width: 1.5 },
          },
        ],
      },
      ...(shown.length < dots.length && { note: t('curves.dropped', { count: dots.length - shown.length }) }),
    }
  },
}

const dotsOf = (runs: readonly RunValues[], x: string, y: string): Dot[] =>
  runs
    .map((run) => ({ run, x: run.number(x), y: run.number(y) }))
    .filter((dot) => Number.isFinite(dot.x) && Number.isFinite(dot.y))

function frontOf(dots: readonly Dot[], options: DrawContext['options']): number[] {
  const direction = (key: string): Direction => (first(options, key) === 'lower' ? -1 : 1)
  return paretoFront(
    dots.map(({ x }) => x),
    dots.map(({ y }) => y),
    [direction('bx'), direction('by')],
  )
}

const tooltipFor =
  (dots: readonly Dot[], columns: readonly string[], { format }: DrawContext) =>
  ({ dataIndex }: { readonly dataIndex: number }) => {
    const { run } = dots[dataIndex]!
    return tooltipOf(
      run.run.name,
      columns.filter(Boolean).map((id) => [columnLabel(id), valueText(run, id, format)] as const),
    )
  }

const valueText = (run: RunValues, id: string, format: DrawContext['format']) =>
  Number.isFinite(run.number(id)) ? format.metric(run.number(id)) : (run.text(id) ?? '–')
