import type { Db } from '@cairn/platform/db/db'
import { withDecimalPoints } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { unpack } from './point-codec.js'
import { PointsAt } from './points-at.js'
import { readUnchunkedPacked } from './read.js'
import { inSlices } from './slices.js'
import { StepSet } from './step-set.js'

export interface SampleOptions {
  readonly key: string
  /** Inclusive range of steps; defaults to 0 up to the last step. */
  readonly range?: readonly [start: number, end: number]
  readonly maxSteps: number
}

/**
 * Samples a metric for charts: every n-th step over all runs, and the first and last step of each run. The steps of regular
 * chunks are known without their points. Yields to the event loop between slices of chunks (ADR 48).
 *
 * @returns JSON of the points of each run, ordered by step, timestamp and value, without the brackets of their list
 */
export async function sampleRuns(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  options: SampleOptions,
): Promise<string[]> {
  const { key } = options
  const steps = await wantedSteps(db, runIds, options)
  if (steps.length === 0) return []
  const lists: string[] = []
  for (const runId of runIds) {
    const picked = new PointsAt(steps)
    for (const text of await unchunkedOf(db, runId, key)) picked.add(text)
    const chunks = await chunksOf(db, runId, options)
    await inSlices(chunks, (chunk) => picked.addChunk(chunk))
    const points = picked.list(runId, key)
    if (points.length > 0) lists.push(withDecimalPoints(JSON.stringify(points).slice(1, -1)))
  }
  return lists
}

/** Restricts the steps only where they are a zoom: the index of steps then saves more rows than it costs to find them. */
function chunksOf(db: Db<TrackingSchema>, runId: string, { key, range }: SampleOptions) {
  const query = db.read
    .selectFrom('metric_chunks')
    .select(['first_step', 'last_step', 'stride', 'points'])
    .where('run_id', '=', runId)
    .where('key', '=', key)
  return (
    range ? query.where('last_step', '>=', range[0]).where('first_step', '<=', range[1]) : query
  ).execute()
}

const unchunkedOf = async (db: Db<TrackingSchema>, runId: string, key: string) =>
  (await readUnchunkedPacked(db, [runId], key)).get(runId) ?? []

/** The sampled steps, sorted. */
async function wantedSteps(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, maxSteps }: SampleOptions,
): Promise<Float64Array> {
  const all = new StepSet()
  const edges: number[] = []
  let greatest = 0
  for (const runId of runIds) {
    const { first, last } = await addSteps(all, db, runId, key)
    if (first > last) continue
    edges.push(first, last)
    greatest = Math.max(greatest, last)
  }
  const [start, end] = range ?? [0, greatest]
  const inside = edges.filter((step) => step >= start && step <= end)
  const wanted = new Set([...everyNth(all.within(start, end), maxSteps), ...inside])
  return Float64Array.from(wanted).sort()
}

/** Adds the steps of a run. @returns its first and last step; an empty range without points */
async function addSteps(all: StepSet, db: Db<TrackingSchema>, runId: string, key: string) {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  const irregular: Float64Array[] = []
  const addPacked = (text: string) => {
    const { steps } = unpack(text)
    irregular.push(steps)
    for (const step of steps) {
      if (step < first) first = step
      if (step > last) last = step
    }
  }
  for (const text of await unchunkedOf(db, runId, key)) addPacked(text)
  const chunks = await db.read
    .selectFrom('metric_chunks')
    .select(['first_step', 'last_step', 'stride'])
    .select((eb) => eb.case().when('stride', 'is', null).then(eb.ref('points')).end().as('points'))
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .execute()
  await inSlices(chunks, ({ first_step, last_step, stride, points }) => {
    if (points !== null) return addPacked(points)
    all.addProgression(first_step, last_step, stride!)
    first = Math.min(first, first_step)
    last = Math.max(last, last_step)
  })
  all.add(irregular)
  return { first, last }
}

/** Picks steps as MLflow does: `max` of them evenly by rank, and the last. */
export function everyNth(steps: ArrayLike<number>, max: number): number[] {
  if (steps.length <= max) return Array.from(steps)
  const interval = steps.length / max
  const picked = Array.from({ length: max }, (_, i) => steps[Math.floor(i * interval)]!)
  return [...picked, steps[steps.length - 1]!]
}
