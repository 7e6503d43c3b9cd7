import type { BucketedRun } from '../api/runs.js'

export type Axis = 'step' | 'time'

export interface Curve {
  readonly xs: readonly number[]
  /** The last value of each bucket. */
  readonly ys: readonly number[]
  /** The least and greatest value of each bucket, if buckets have several. */
  readonly lows?: readonly number[]
  readonly highs?: readonly number[]
}

/** Sorted by x: the last step of a bucket, or seconds since the first point of the run. */
export function toCurve({ first_timestamp = 0, buckets }: BucketedRun, axis: Axis): Curve {
  const points = buckets.map(({ last_step, last_timestamp, last, min, max }) => ({
    x: axis === 'step' ? last_step : (last_timestamp - first_timestamp) / 1000,
    y: Number(last),
    low: min ?? Number.NaN,
    high: max ?? Number.NaN,
  }))
  if (axis === 'time') points.sort((a, b) => a.x - b.x)
  return {
    xs: points.map(({ x }) => x),
    ys: points.map(({ y }) => y),
    lows: points.map(({ low }) => low),
    highs: points.map(({ high }) => high),
  }
}

/** Replaces values that a log axis cannot show with NaN and counts them. */
export function positiveOnly({ xs, ys, lows, highs }: Curve): { curve: Curve; dropped: number } {
  const dropped = ys.filter((y) => y <= 0).length
  const kept = (values: readonly number[]) => values.map((value) => (value <= 0 ? Number.NaN : value))
  const curve = { xs, ys: kept(ys), ...(lows && { lows: kept(lows) }), ...(highs && { highs: kept(highs) }) }
  return { curve, dropped }
}

/** More distinct x than pixels are put on a grid of this many. */
const MAX_XS = 2000

/** Missing points are undefined, which lines skip; NaN and infinity are null, which breaks lines. */
type Values = (number | null | undefined)[]

/** Curves on one list of x, as uPlot requires. */
export interface Aligned {
  readonly xs: number[]
  readonly lines: Values[]
  readonly lows: Values[]
  readonly highs: Values[]
}

export function align(curves: readonly Curve[]): Aligned {
  const { xs, indexOf } = commonXs(curves)
  const empty = () => new Array<number | null | undefined>(xs.length).fill(undefined)
  const aligned: Aligned = { xs, lines: [], lows: [], highs: [] }
  for (const curve of curves) {
    const [line, lows, highs] = [empty(), empty(), empty()]
    for (let i = 0; i < curve.xs.length; i++) {
      const at = indexOf(curve.xs[i]!)
      line[at] = finite(curve.ys[i]!)
      lows[at] = least(lows[at], finite((curve.lows ?? curve.ys)[i]!))
      highs[at] = greatest(highs[at], finite((curve.highs ?? curve.ys)[i]!))
    }
    aligned.lines.push(line)
    aligned.lows.push(lows)
    aligned.highs.push(highs)
  }
  return aligned
}

function commonXs(curves: readonly Curve[]) {
  const xs = [...new Set(curves.flatMap((curve) => curve.xs))].sort((a, b) => a - b)
  if (xs.length <= MAX_XS) {
    const indexes = new Map(xs.map((x, index) => [x, index]))
    return { xs, indexOf: (x: number) => indexes.get(x)! }
  }
  const start = xs[0]!
  const width = (xs.at(-1)! - start) / (MAX_XS - 1)
  return {
    xs: Array.from({ length: MAX_XS }, (_, i) => start + i * width),
    indexOf: (x: number) => Math.round((x - start) / width),
  }
}

/** Joins each `every` values of x: the last value of each line and the range of all. */
export function joined({ xs, lines, lows, highs }: Aligned, every: number): Aligned {
  if (every <= 1) return { xs, lines, lows, highs }
  const starts = Array.from({ length: Math.ceil(xs.length / every) }, (_, row) => row * every)
  const join = (all: readonly Values[], pick: (values: Values) => Value) =>
    all.map((values) => starts.map((start) => pick(values.slice(start, start + every))))
  return {
    xs: starts.map((start) => xs[Math.min(start + every, xs.length) - 1]!),
    lines: join(lines, (values) => values.findLast((value) => value !== undefined)),
    lows: join(lows, (values) => values.reduce((a, b) => (b === undefined ? a : least(a, b)), undefined)),
    highs: join(highs, (values) =>
      values.reduce((a, b) => (b === undefined ? a : greatest(a, b)), undefined),
    ),
  }
}

type Value = number | null | undefined
const finite = (value: number) => (Number.isFinite(value) ? value : null)
const least = (a: Value, b: number | null) => (a == null ? b : b === null || a < b ? a : b)
const greatest = (a: Value, b: number | null) => (a == null ? b : b === null || a > b ? a : b)
