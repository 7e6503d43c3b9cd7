import type { Db } from '@cairn/platform/db/db'
import type { GetMetricBuckets, MetricBucket } from '@cairn/platform/protocol/metrics'
import type { Output } from '@cairn/platform/protocol/operation'
import { sql } from 'kysely'
import type { MetricChunkRow, TrackingSchema } from '../schema.js'
import { Range } from './chunk.js'
import { unpack } from './packed.js'
import type { Points } from './points.js'
import { readRecent } from './read.js'

export interface Bucketing {
  readonly key: string
  /** Inclusive; absent: from the first step to the last of all runs. */
  readonly range?: readonly [start: number, end: number]
  readonly count: number
}

/** A chart of any number of points: chunks that lie in one bucket are read by their summary only. */
export async function bucketsOf(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, count }: Bucketing,
): Promise<Output<typeof GetMetricBuckets>> {
  const recent = new Map<string, Points[]>()
  for (const runId of runIds) recent.set(runId, await readRecent(db, runId, key))
  const span = range ?? (await spanOf(db, runIds, key, [...recent.values()].flat()))
  if (!span) return { width: 1, runs: runIds.map((run_id) => ({ run_id, buckets: [] })) }
  const [start, end] = span
  const width = Math.max(1, Math.ceil((end - start + 1) / count))
  const runs: { run_id: string; buckets: MetricBucket[] }[] = []
  for (const run_id of runIds) {
    const buckets = new Buckets(start, end, width)
    for (const points of recent.get(run_id)!) buckets.add(points)
    for (const chunk of await chunksOf(db, run_id, key, { start, end, width }))
      if (chunk.points === null) buckets.addChunk(chunk)
      else buckets.add(unpack(chunk.points))
    runs.push({ run_id, buckets: buckets.list() })
  }
  return { width, runs }
}

class Buckets {
  readonly #start: number
  readonly #end: number
  readonly #width: number
  readonly #ranges = new Map<number, Range>()

  constructor(start: number, end: number, width: number) {
    this.#start = start
    this.#end = end
    this.#width = width
  }

  add({ timestamps, steps, values }: Points) {
    let range: Range | undefined
    let first = 0
    for (let i = 0; i < values.length; i++) {
      const step = steps[i]!
      if (step < this.#start || step > this.#end) continue
      if (!range || step < first || step >= first + this.#width) {
        range = this.#at(step) // mostly the one of the point before
        first = this.#firstStep(this.#indexOf(step))
      }
      range.add(step, timestamps[i]!, values[i]!)
    }
  }

  /** @param chunk whose steps all lie in one bucket */
  addChunk(chunk: Omit<Summary, 'points'>) {
    this.#at(chunk.first_step).addChunk(chunk)
  }

  list(): MetricBucket[] {
    return [...this.#ranges]
      .sort(([a], [b]) => a - b)
      .map(([at, range]) => {
        const first_step = this.#firstStep(at)
        return {
          first_step,
          last_step: Math.min(first_step + this.#width - 1, this.#end),
          ...(range.min <= range.max && { min: range.min, max: range.max }),
          last: Number.isNaN(range.latestValue) ? 'NaN' : range.latestValue,
          last_timestamp: range.latestTimestamp,
        }
      })
  }

  #at(step: number): Range {
    const bucket = this.#indexOf(step)
    const range = this.#ranges.get(bucket) ?? new Range()
    this.#ranges.set(bucket, range)
    return range
  }

  #indexOf(step: number): number {
    return Math.floor((step - this.#start) / this.#width)
  }

  #firstStep(bucket: number): number {
    return this.#start + bucket * this.#width
  }
}

async function spanOf(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
  recent: readonly Points[],
): Promise<readonly [number, number] | undefined> {
  const chunks = await db.read
    .selectFrom('metric_chunks')
    .select((eb) => [eb.fn.min('first_step').as('first'), eb.fn.max('last_step').as('last')])
    .where('run_id', 'in', runIds)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  let first = chunks.first ?? Number.POSITIVE_INFINITY
  let last = chunks.last ?? Number.NEGATIVE_INFINITY
  for (const { steps } of recent)
    for (const step of steps) {
      if (step < first) first = step
      if (step > last) last = step
    }
  return first <= last ? [first, last] : undefined
}

type Summary = Omit<MetricChunkRow, 'run_id' | 'key' | 'points'> & {
  /** Only of chunks that a border of a bucket cuts. */
  readonly points: string | null
}

/** In one statement, because chunks may be joined between two. */
async function chunksOf(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  { start, end, width }: { readonly start: number; readonly end: number; readonly width: number },
): Promise<readonly Summary[]> {
  const bucketOf = (step: string) =>
    sql`(${sql.ref(step)} - cast(${start} as bigint)) / cast(${width} as bigint)`
  const { rows } = await sql<Summary>`
    select first_step, last_step, min_value, max_value, latest_timestamp, latest_value, latest_is_nan,
      case when first_step >= ${start} and last_step <= ${end} and ${bucketOf('first_step')} = ${bucketOf('last_step')}
        then null else points end as points
    from metric_chunks
    where run_id = ${runId} and key = ${key} and last_step >= ${start} and first_step <= ${end}`.execute(
    db.read,
  )
  return rows
}
