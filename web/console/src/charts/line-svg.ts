import type { PlotStyle, XRange } from './chart-options.js'
import { infinitePoints } from './infinite-marks.js'
import type { Line } from './line-chart.js'
import { typicalExtent } from './outliers.js'
import { align, type Curve } from './series.js'
import { axisScale, type Scale } from './ticks.js'

interface SvgColors {
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly surface: string
  readonly font: string
  readonly resolve: (colour: string) => string
}

interface LineSvgOptions {
  readonly title: string
  readonly xLabel: string
  readonly lines: readonly Line[]
  readonly style: PlotStyle
  readonly range: XRange | undefined
  readonly width: number
  readonly height: number
  readonly colors: SvgColors
  readonly formatX: (x: number) => string
  readonly formatY: (y: number) => string
}

const EDGE = { left: 64, right: 16, top: 36, bottom: 44 }
const LEGEND_ROW = 18
const MAX_LEGEND = 40
const LEGEND_PX = 220
const MARK_PX = 5
const MARK_HEIGHT = 7.5

/** The chart as an SVG document with a title and a legend, for slides and papers. */
export function lineSvg(options: LineSvgOptions): string {
  const { title, xLabel, lines, width, colors } = options
  const legend = lines.slice(0, MAX_LEGEND)
  const perRow = Math.max(1, Math.floor((width - EDGE.left) / LEGEND_PX))
  const height = options.height + Math.ceil(legend.length / perRow) * LEGEND_ROW
  const plot = {
    left: EDGE.left,
    right: width - EDGE.right,
    top: EDGE.top,
    bottom: options.height - EDGE.bottom,
  }
  const { x, y } = scales(options, plot)
  const parts = [
    `<rect width="${width}" height="${height}" fill="${colors.surface}"/>`,
    text(EDGE.left, 22, title, colors.text, 'start', 14, 600),
    ...x.ticks.map((tick) =>
      text(x.at(tick), plot.bottom + 16, options.formatX(tick), colors.faint, 'middle'),
    ),
    ...y.ticks.map(
      (tick) =>
        `<path d="M${plot.left} ${round(y.at(tick))}H${plot.right}" stroke="${colors.line}"/>` +
        text(plot.left - 8, y.at(tick) + 4, options.formatY(tick), colors.faint, 'end'),
    ),
    text((plot.left + plot.right) / 2, plot.bottom + 34, xLabel, colors.faint, 'middle'),
    `<clipPath id="plot"><rect x="${plot.left}" y="${plot.top}" width="${plot.right - plot.left}" height="${plot.bottom - plot.top}"/></clipPath>`,
    `<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">${lines.map((line) => drawn(line, x, y, colors)).join('')}${infiniteMarks(lines, x, plot, colors)}</g>`,
    ...legend.map((line, i) => {
      const left = EDGE.left + (i % perRow) * LEGEND_PX
      const top = options.height + Math.floor(i / perRow) * LEGEND_ROW
      const stroke = colors.resolve(line.style.colour)
      return (
        `<path d="M${left} ${top}H${left + 20}" stroke="${stroke}" stroke-width="2" stroke-dasharray="${line.style.dash.join(' ')}"/>` +
        text(left + 26, top + 4, shortened(line.label), colors.text, 'start')
      )
    }),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(colors.font)}">${parts.join('')}</svg>`
}

interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function scales({ lines, style, range }: LineSvgOptions, plot: Plot): { x: Scale; y: Scale } {
  const shown = lines.flatMap(({ curve, raw }) => (raw ? [raw] : [curve]))
  const [x0, x1] = range ?? spanOf(shown.map(({ xs }) => xs))
  const inside = shown.map((curve) => within(curve, x0, x1))
  const aligned = style.ignoreOutliers ? align(inside) : undefined
  const typical = aligned && typicalExtent(aligned, 0, aligned.xs.length - 1)
  const [least, greatest] = spanOf(inside.flatMap(({ ys, lows, highs }) => [ys, lows ?? [], highs ?? []]))
  const min = style.yMin ?? typical?.min ?? least
  const max = style.yMax ?? typical?.max ?? greatest
  const pad = style.log || max <= min ? 0 : (max - min) * 0.05
  return {
    x: axisScale({ min: x0, max: x1, log: style.logX ?? false, from: plot.left, to: plot.right, count: 6 }),
    y: axisScale({
      ...{ min: min - pad, max: max + pad, log: style.log ?? false },
      ...{ from: plot.bottom, to: plot.top, count: 5 },
    }),
  }
}

function within({ xs, ys, lows, highs }: Curve, from: number, to: number): Curve {
  const keep = (values: readonly number[]) => values.filter((_, i) => xs[i]! >= from && xs[i]! <= to)
  return {
    xs: keep(xs),
    ys: keep(ys),
    ...(lows && { lows: keep(lows) }),
    ...(highs && { highs: keep(highs) }),
  }
}

function spanOf(lists: readonly (readonly number[])[]): readonly [number, number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const values of lists)
    for (const value of values)
      if (Number.isFinite(value)) [min, max] = [Math.min(min, value), Math.max(max, value)]
  return min < max ? [min, max] : min === max ? [min - 1, max + 1] : [0, 1]
}

function drawn({ curve, raw, style, isGroup }: Line, x: Scale, y: Scale, colors: SvgColors): string {
  const stroke = colors.resolve(style.colour)
  const dash = style.dash.length > 0 ? ` stroke-dasharray="${style.dash.join(' ')}"` : ''
  const range = raw ?? curve
  const band = range.lows && range.highs ? ranges(range, x, y, stroke, isGroup ?? false) : ''
  const faint = raw ? `<path d="${path(raw.xs, raw.ys, x, y)}" stroke="${stroke}" stroke-opacity=".33"/>` : ''
  return `${band}${faint}<path d="${path(curve.xs, curve.ys, x, y)}" stroke="${stroke}" stroke-width="1.75"${dash}/>`
}

function ranges({ xs, lows = [], highs = [] }: Curve, x: Scale, y: Scale, stroke: string, isGroup: boolean) {
  if (!isGroup) {
    const bars = xs
      .map((at, i) =>
        lows[i]! < highs[i]! ? `M${round(x.at(at))} ${round(y.at(lows[i]!))}V${round(y.at(highs[i]!))}` : '',
      )
      .join('')
    return bars && `<path d="${bars}" stroke="${stroke}" stroke-opacity=".6"/>`
  }
  const known = [...xs.keys()].filter((i) => Number.isFinite(lows[i]) && Number.isFinite(highs[i]))
  const upper = known.map((i) => `${round(x.at(xs[i]!))} ${round(y.at(highs[i]!))}`)
  const lower = known.reverse().map((i) => `${round(x.at(xs[i]!))} ${round(y.at(lows[i]!))}`)
  return `<path d="M${[...upper, ...lower].join('L')}Z" fill="${stroke}" fill-opacity=".18" stroke="none"/>`
}

function path(xs: readonly number[], ys: readonly number[], x: Scale, y: Scale): string {
  let isDrawing = false
  return xs
    .map((at, i) => {
      const [left, top] = [x.at(at), y.at(ys[i]!)]
      if (!Number.isFinite(left) || !Number.isFinite(top)) {
        isDrawing = false
        return ''
      }
      const command = isDrawing ? 'L' : 'M'
      isDrawing = true
      return `${command}${round(left)} ${round(top)}`
    })
    .join('')
}

/** Triangles at the upper and the lower edge, as on the page. */
const infiniteMarks = (lines: readonly Line[], x: Scale, plot: Plot, colors: SvgColors): string =>
  infinitePoints(lines)
    .map((point) => ({ ...point, left: x.at(point.x) }))
    .filter(({ left }) => left >= plot.left && left <= plot.right)
    .map(({ left, isPositive, colour }) => {
      const tip = isPositive ? plot.top : plot.bottom
      const base = isPositive ? tip + MARK_HEIGHT : tip - MARK_HEIGHT
      const corners = `${round(left + MARK_PX)} ${base}L${round(left - MARK_PX)} ${base}`
      return `<path class="infinite" d="M${round(left)} ${tip}L${corners}Z" fill="${colors.resolve(colour)}"/>`
    })
    .join('')

const round = (value: number) => Math.round(value * 100) / 100

type Anchor = 'start' | 'middle' | 'end'

const text = (x: number, y: number, value: string, fill: string, anchor: Anchor, size = 11, weight = 400) =>
  `<text x="${round(x)}" y="${round(y)}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escaped(value)}</text>`

const MAX_LABEL = 32
const shortened = (label: string) => (label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1)}…` : label)

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (value: string) =>
  // XML has no control characters, even as entities.
  value.replaceAll(/[\u0000-\u0008\u000b-\u001f]/g, '').replaceAll(/[&<>"]/g, (char) => ENTITIES[char]!)
