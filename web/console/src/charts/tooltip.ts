import type UPlot from 'uplot'
import { formatMetric } from '../i18n/format.js'
import type { ChartLine } from './plot-lines.js'
import { pointedIndex } from './pointed.js'
import type { Aligned } from './series.js'
import { TooltipBox, type TooltipRow } from './tooltip-box.js'

const MAX_ROWS = 30

interface TooltipOptions {
  readonly lines: readonly ChartLine[]
  readonly formatX: (x: number) => string
  readonly ranges: () => Pick<Aligned, 'lows' | 'highs'>
  /** Text for lines that are not listed. */
  readonly more: (count: number) => string
}

interface Row {
  readonly line: ChartLine
  readonly index: number
  readonly value: number
}

/** A box beside the cursor with the values of all lines, or of the nearest of many, highest first. */
export function tooltip(options: TooltipOptions): UPlot.Plugin {
  const { lines, formatX, more } = options
  const box = new TooltipBox()
  let isSeen = true
  let rest = { count: 0, text: '' }
  const watcher = new IntersectionObserver((entries) => {
    isSeen = entries.at(-1)!.isIntersecting
  })
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(box.element)
        watcher.observe(chart.root)
      },
      destroy: () => watcher.disconnect(),
      setCursor: (chart) => {
        const { idx, left = -1 } = chart.cursor
        if (idx === null || idx === undefined || left < 0 || !isSeen) {
          box.element.hidden = true
          return
        }
        const all = rowsAt(chart, lines)
        const shown = nearest(chart, all).sort((a, b) => b.value - a.value)
        const count = all.length - shown.length
        if (count !== rest.count) rest = { count, text: count > 0 ? more(count) : '' }
        const head = `${String(chart.series[0]!.label)} ${formatX(chart.data[0][idx]!)}`
        box.show(head, shown.map(textsOf(options.ranges())), rest.text)
        const width = chart.bbox.width / devicePixelRatio // `clientWidth` would lay out the page once for each chart
        box.moveTo(left, width)
      },
    },
  }
}

const rowsAt = (chart: UPlot, lines: readonly ChartLine[]) =>
  lines.flatMap((line): Row[] => {
    const index = pointedIndex(chart, line.series)
    const value = index === undefined ? undefined : chart.data[line.series]![index]
    return value == null ? [] : [{ line, index: index!, value }]
  })

/** The rows whose values are nearest to the pointer. */
function nearest(chart: UPlot, rows: Row[]): Row[] {
  if (rows.length <= MAX_ROWS) return rows
  const pointed = chart.posToVal(chart.cursor.top ?? 0, 'y')
  return rows.sort((a, b) => Math.abs(a.value - pointed) - Math.abs(b.value - pointed)).slice(0, MAX_ROWS)
}

const textsOf =
  ({ lows, highs }: Pick<Aligned, 'lows' | 'highs'>) =>
  ({ line, index, value }: Row): TooltipRow => {
    const [low, high] = [lows[line.series - 1]?.[index], highs[line.series - 1]?.[index]]
    const hasRange = low != null && high != null && low < high
    return {
      line,
      value: formatMetric(value),
      range: hasRange ? `${formatMetric(low)} – ${formatMetric(high)}` : '',
    }
  }
