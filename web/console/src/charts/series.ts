import type { BucketedRun, MetricBuckets } from '../api/runs.js'
import { withInfinity } from '../metrics/infinity.js'

/** The steps, seconds since the first point of the run, seconds since 1970, or another metric. */
export type Axis = 'step' | 'time' | 'wall' | 'metric'

export interface Curve {
  readonly xs: readonly number[]
  /** The last value of each bucket. */
  readonly ys: readonly number[]
  /** The least and greatest value of each bucket, if buckets have several. */
  readonly lows?: readonly number[]
  readonly highs?: readonly number[]
}

/** A run and the x of each of its buckets; NaN where the metric of the axis has no value yet. */
export interface PlacedRun {
  readonly run: BucketedRun
  readonly xs: readonly number[]
}

/** @param xData buckets of the metric on the axis `metric` */
export function placeRuns(data: MetricBuckets, axis: Axis, xData?: MetricBuckets): PlacedRun[] {
  if (axis !== 'metric') return data.runs.map((run) => placed(run, axis))
  const xRuns = new Map(xData?.runs.map((run) => [run.run_id, run]))
  return data.runs.map((run) => ({ run, xs: latestValues(run, xRuns.get(run.run_id)) }))
}

type OwnAxis = Exclude<Axis, 'metric'>

/** Runs keep their identity while their buckets do: of a live chart, few runs change at a time. */
const PLACED: Readonly<Record<OwnAxis, WeakMap<BucketedRun, PlacedRun>>> = {
  step: new WeakMap(),
  time: new WeakMap(),
  wall: new WeakMap(),
}

function placed(run: BucketedRun, axis: OwnAxis): PlacedRun {
  const known = PLACED[axis].get(run) ?? { run, xs: run.buckets.map(positionOf(run, axis)) }
  PLACED[axis].set(run, known)
  return known
}

const positionOf =
  ({ first_timestamp = 0 }: BucketedRun, axis: Axis) =>
  ({ last_step, last_timestamp }: BucketedRun['buckets'][number]) =>
    axis === 'step' ? last_step : (last_timestamp - (axis === 'time' ? first_timestamp : 0)) / 1000

/** The value of another metric at the last step of each bucket, or the one logged before it. */
function latestValues({ buckets }: BucketedRun, other: BucketedRun | undefined): number[] {
  let at = -1
  const others = other?.buckets ?? []
  return buckets.map(({ last_step }) => {
    while (at + 1 < others.length && others[at + 1]!.last_step <= last_step) at++
    return at < 0 ? Number.NaN : Number(others[at]!.last)
  })
}

const CURVES = new WeakMap<PlacedRun, Curve>()

/** The buckets that have an x, sorted by it. */
export function toCurve(placed: PlacedRun): Curve {
  const known = CURVES.get(placed) ?? curveOf(placed)
  CURVES.set(placed, known)
  return known
}

function curveOf({ run: { buckets }, xs }: PlacedRun): Curve {
  const order: number[] = []
  let isSorted = true
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(xs[i])) continue
    if (order.length > 0 && xs[i]! < xs[order.at(-1)!]!) isSorted = false
    order.push(i)
  }
  if (!isSorted) order.sort((a, b) => xs[a]! - xs[b]!)
  return {
    xs: order.map((i) => xs[i]!),
    ys: order.map((i) => withInfinity(Number(buckets[i]!.last))),
    lows: order.map((i) => withInfinity(buckets[i]!.min ?? Number.NaN)),
    highs: order.map((i) => withInfinity(buckets[i]!.max ?? Number.NaN)),
  }
}

/** Removes the points that a log axis of x cannot show and counts them. */
export function positiveXs({ xs, ys, lows, highs }: Curve): { curve: Curve; dropped: number } {
  const from = xs.findIndex((x) => x > 0)
  const start = from < 0 ? xs.length : from
  const cut = (values: readonly number[]) => values.slice(start)
  const curve = {
    xs: cut(xs),
    ys: cut(ys),
    ...(lows && { lows: cut(lows) }),
    ...(highs && { highs: cut(highs) }),
  }
  return { curve, dropped: start }
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

export function commonXs(curves: readonly Curve[]) {
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
