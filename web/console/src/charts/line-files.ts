import { currentPaint } from '../cards/paint.js'
import { type Format, formatClock, formatTime } from '../i18n/format.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { numberColumn, type Table, textColumn } from '../ui/table.js'
import type { PlotStyle, XRange } from './chart-options.js'
import type { Line } from './line-chart.js'
import { lineSvg } from './line-svg.js'

const SVG_WIDTH = 900

interface LineFilesOptions {
  readonly title: string
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly style: PlotStyle
  readonly range?: XRange | undefined
  /** The height of the chart on the page; the drawing is twice as high. */
  readonly height: number
  /** Labels of the columns before and after x. */
  readonly labels: {
    readonly line: string
    readonly value: string
    readonly low: string
    readonly high: string
  }
  readonly format: Format
}

/** A chart of lines as files. */
export const lineFiles = ({ labels, format, range, ...options }: LineFilesOptions): DrawingFiles => ({
  table: () => tableOf(options, labels),
  svg: async () =>
    lineSvg({
      ...{ ...options, range, width: SVG_WIDTH, height: 2 * options.height },
      colors: currentPaint(),
      formatX: xFormat(options.style, format),
      formatY: format.tick,
    }),
})

function xFormat({ wall, clock }: PlotStyle, format: Format): (x: number) => string {
  if (clock) return (x) => formatClock(x * 1000)
  return wall ? (x) => formatTime(x * 1000, format.language) : format.tick
}

/** A row for each point, before smoothing; times as text. */
const tableOf = (
  { lines, xLabel, style }: Pick<LineFilesOptions, 'lines' | 'xLabel' | 'style'>,
  { line, value, low, high }: LineFilesOptions['labels'],
): Table => ({
  columns: [textColumn(line), ...[xLabel, value, low, high].map(numberColumn)],
  rows: lines.flatMap(({ label, raw, curve }) => {
    const { xs, ys, lows, highs } = raw ?? curve
    const isTime = style.wall || style.clock
    return xs.map((x, i) => [
      ...[label, isTime ? new Date(x * 1000).toISOString() : x],
      ...[ys[i]!, lows?.[i], highs?.[i]],
    ])
  }),
})
