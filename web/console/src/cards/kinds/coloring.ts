import type { Paint } from '../paint.js'
import { keyOf, type RunValues } from '../run-values.js'
import { textStyle } from './axes.js'
import type { DrawContext } from './drawing.js'

/** The colours of runs: their own, by a number, or by a text. */
interface Coloring {
  readonly colorOf: (run: RunValues) => string
  /** The scale of numbers beside the chart. */
  readonly visualMap: object | undefined
  readonly legend: readonly (readonly [label: string, color: string])[]
}

const MAX_CATEGORIES = 24

export function coloringBy(
  column: string,
  runs: readonly RunValues[],
  { all, paint, format }: Pick<DrawContext, 'all' | 'paint' | 'format'>,
): Coloring {
  if (!column) return { colorOf: ({ run }) => paint.resolve(run.color), visualMap: undefined, legend: [] }
  const numbers = runs.map((run) => run.number(column))
  const known = numbers.filter(Number.isFinite)
  const texts = new Set(runs.flatMap((run) => run.text(column) ?? []))
  if (known.length > 0 && known.length >= runs.filter((run) => run.text(column) !== undefined).length)
    return byNumber(column, known, paint, format.metric)
  const categories = [...texts].slice(0, MAX_CATEGORIES)
  const order = [...new Set(all.map((run) => run.text(column)))].filter((text) => text !== undefined)
  const colors = new Map(
    categories.map((text) => [text, paint.series[order.indexOf(text) % paint.series.length]!]),
  )
  return {
    colorOf: (run) => colors.get(run.text(column) ?? '') ?? paint.faint,
    visualMap: undefined,
    legend: [...colors],
  }
}

function byNumber(
  column: string,
  known: readonly number[],
  paint: Paint,
  format: (value: number) => string,
): Coloring {
  const [min, max] = known.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
  )
  return {
    colorOf: (run) => rampColor(paint, (run.number(column) - min) / (max - min || 1)),
    visualMap: scaleBeside(min, max, paint, format, keyOf(column)),
    legend: [],
  }
}

/** The legend of a colour scale. It maps nothing: items have their colours. */
export const scaleBeside = (
  min: number,
  max: number,
  paint: Paint,
  format: (value: number) => string,
  name: string,
) => ({
  type: 'continuous' as const,
  seriesIndex: [] as number[],
  min,
  max,
  precision: 6,
  right: 0,
  top: 'middle' as const,
  itemWidth: 8,
  itemHeight: 90,
  text: [format(max), format(min)],
  textStyle: textStyle(paint),
  inRange: { color: [...paint.ramp] },
  hoverLink: false,
  name,
})

/** @param share from 0 to 1; NaN is grey */
export function rampColor({ ramp, faint }: Paint, share: number): string {
  if (!Number.isFinite(share)) return faint
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1)
  const low = Math.min(ramp.length - 2, Math.floor(at))
  return mixed(ramp[low]!, ramp[low + 1]!, at - low)
}

function mixed(a: string, b: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [from, to] = [channel(a, at), channel(b, at)]
    return Math.round(from + share * (to - from))
      .toString(16)
      .padStart(2, '0')
  })
  return `#${channels.join('')}`
}

/** A channel of `#rrggbb`, or of `#rgb`, to which style sheets are minified. */
const channel = (color: string, at: number) =>
  color.length === 4
    ? 17 * Number.parseInt(color[(at + 1) / 2]!, 16)
    : Number.parseInt(color.slice(at, at + 2), 16)
