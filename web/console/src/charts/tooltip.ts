import type UPlot from 'uplot'
import { formatMetric } from '../i18n/format.js'
import { highlightedRun } from './highlighted.js'
import type { ChartLine } from './plot-lines.js'
import { pointedIndex } from './pointed.js'
import type { Aligned } from './series.js'

const MAX_ROWS = 30
/** More rows are set in two columns. */
const MAX_COLUMN_ROWS = 14

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
  const box = document.createElement('div')
  box.className = 'chart-tooltip'
  box.hidden = true
  return {
    hooks: {
      init: (chart) => void chart.over.append(box),
      setCursor: (chart) => {
        const { idx, left = -1 } = chart.cursor
        box.hidden = idx === null || idx === undefined || left < 0
        if (box.hidden) return
        box.replaceChildren(...content(chart, idx!, options))
        box.classList.toggle('wide', box.childElementCount > MAX_COLUMN_ROWS)
        const width = chart.bbox.width / devicePixelRatio // `clientWidth` would lay out the page once for each chart
        const flip = left > width / 2
        box.style.left = flip ? '' : `${left + 12}px`
        box.style.right = flip ? `${width - left + 12}px` : ''
      },
    },
  }
}

function content(chart: UPlot, index: number, { lines, formatX, ranges, more }: TooltipOptions) {
  const { lows, highs } = ranges()
  const rows = lines.flatMap((line): Row[] => {
    const own = pointedIndex(chart, line.series)
    const value = own === undefined ? undefined : chart.data[line.series]![own]
    return value == null ? [] : [{ line, index: own!, value }]
  })
  const shown = nearest(chart, rows).sort((a, b) => b.value - a.value)
  const head = element('strong', `${String(chart.series[0]!.label)} ${formatX(chart.data[0][index]!)}`)
  const rest = rows.length - shown.length
  return [
    head,
    ...shown.map(({ line, index: own, value }) =>
      row(line, value, [lows[line.series - 1]?.[own], highs[line.series - 1]?.[own]]),
    ),
    ...(rest > 0 ? [element('small', more(rest))] : []),
  ]
}

/** The rows whose values are nearest to the pointer. */
function nearest(chart: UPlot, rows: Row[]): Row[] {
  if (rows.length <= MAX_ROWS) return rows
  const pointed = chart.posToVal(chart.cursor.top ?? 0, 'y')
  return rows.sort((a, b) => Math.abs(a.value - pointed) - Math.abs(b.value - pointed)).slice(0, MAX_ROWS)
}

function row(
  { id, label, colour }: ChartLine,
  value: number,
  [low, high]: readonly (number | null | undefined)[],
) {
  const line = element('span', '')
  line.classList.toggle('highlighted', id === highlightedRun())
  const swatch = element('i', '')
  swatch.style.background = colour
  line.append(swatch, element('span', label), element('b', formatMetric(value)))
  if (low != null && high != null && low < high)
    line.append(element('small', `${formatMetric(low)} – ${formatMetric(high)}`))
  return line
}

function element(name: string, text: string) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
