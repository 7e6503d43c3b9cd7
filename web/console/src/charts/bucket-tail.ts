import type { BucketedMetric, BucketedRun, StepRange } from '../api/runs.js'

/** Steps that runs logged, of this metric or others. */
export interface LoggedSteps {
  readonly first: number
  readonly last: number
}

/** A request whose buckets have the borders of those that are known. */
export interface Tail {
  readonly range: StepRange
  readonly count: number
  /** The last step of all runs, or a later one. */
  readonly end: number
}

/** With fewer buckets, the server may choose other borders for a part than for all. */
const MIN_COUNT = 3

/**
 * The buckets that change when steps are logged, and all that follow, in a chart of up to `count` buckets a run.
 *
 * @param range the range of the chart; undefined for all steps
 * @returns undefined if all buckets change
 */
export function tailOf(
  { start, end: known, width, runs }: BucketedMetric,
  { first, last }: LoggedSteps,
  count: number,
  range: StepRange | undefined,
): Tail | undefined {
  if (count < MIN_COUNT || runs.every(({ buckets }) => buckets.length === 0)) return undefined
  if (!range && first < start) return undefined
  const end = range ? known : Math.max(known, last)
  const at = (step: number) => Math.floor(step / width)
  if (at(end) - at(start) + 1 > count) return undefined // buckets are wider from now on
  // Two buckets or more: one alone could be divided into narrower ones.
  const from = Math.min(at(first), at(end)) - 1
  const isWhole = from * width <= start
  return {
    range: [isWhole ? start : from * width, end],
    count: isWhole ? count : at(end) - from + 1,
    end,
  }
}

/** Replaces the buckets of the tail in the runs that were read. @returns undefined if the borders differ */
export function withTail(
  known: BucketedMetric,
  tail: Tail,
  read: BucketedMetric,
): BucketedMetric | undefined {
  if (read.width !== known.width) return undefined
  const changed = new Map(read.runs.map((run) => [run.run_id, run]))
  const [from] = tail.range
  const end = Math.min(tail.end, Math.max(known.end, read.lastPoint)) // other metrics may be ahead
  const runs = known.runs.map((run): BucketedRun => {
    const own = extended(run, known, end)
    const next = changed.get(run.run_id)
    if (!next) return own
    const kept = own.buckets.filter(({ first_step }) => first_step < from)
    const cut = next.buckets.map((bucket) =>
      bucket.last_step > end ? { ...bucket, last_step: end } : bucket,
    )
    return { ...next, buckets: [...kept, ...cut] }
  })
  return { ...known, end, lastPoint: Math.max(known.lastPoint, read.lastPoint), runs }
}

/** The last bucket ends at the last step of all runs, or at its border. */
function extended(run: BucketedRun, { end: before, width }: BucketedMetric, end: number): BucketedRun {
  const bucket = run.buckets.at(-1)
  if (!bucket || bucket.last_step !== before || end === before) return run
  const border = (Math.floor(before / width) + 1) * width - 1
  return {
    ...run,
    buckets: [...run.buckets.slice(0, -1), { ...bucket, last_step: Math.min(border, end) }],
  }
}
