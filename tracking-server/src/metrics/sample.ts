import { setImmediate } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import type { MetricWithRunId } from '@cairn/platform/protocol/metrics'
import type { TrackingSchema } from '../schema.js'
import type { PointColumns } from './point-columns.js'
import { readHistory } from './read.js'
import { toMetrics } from './wire.js'

/** Maximum number of points of one run in a response. */
const MAX_POINTS = 25_000

export interface SampleOptions {
  readonly key: string
  /** Inclusive range of steps; defaults to 0 up to the last step. */
  readonly range?: readonly [start: number, end: number]
  readonly maxSteps: number
}

/**
 * Samples a metric for charts: every n-th step over all runs, and the first and last step of each run. Yields to the event
 * loop after each run, because a history of 100,000 points takes some ten milliseconds.
 */
export async function sampleRuns(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, maxSteps }: SampleOptions,
): Promise<MetricWithRunId[]> {
  const edges: number[] = []
  let steps: Float64Array = new Float64Array(0)
  for (const runId of runIds) {
    const own = sortedDistinctSteps((await readHistory(db, runId, key)).steps)
    steps = mergedSteps(steps, own)
    edges.push(...own.subarray(0, 1), ...own.subarray(-1))
    await setImmediate()
  }
  const [start, end] = range ?? [0, steps.at(-1) ?? 0]
  const isInside = (step: number) => step >= start && step <= end
  const wanted = new Set([...everyNth(steps.filter(isInside), maxSteps), ...edges.filter(isInside)])
  if (wanted.size === 0) return []
  const points: MetricWithRunId[] = []
  for (const runId of runIds) {
    for (const point of pointsAt(runId, key, await readHistory(db, runId, key), wanted)) points.push(point)
    await setImmediate()
  }
  return points
}

/** Picks steps as MLflow does: `max` of them evenly by rank, and the last. */
export function everyNth(steps: ArrayLike<number>, max: number): number[] {
  if (steps.length <= max) return Array.from(steps)
  const interval = steps.length / max
  const picked = Array.from({ length: max }, (_, i) => steps[Math.floor(i * interval)]!)
  return [...picked, steps[steps.length - 1]!]
}

/** Sorts and removes duplicates. */
function sortedDistinctSteps(steps: Float64Array): Float64Array {
  const sorted = steps.every((step, i) => i === 0 || step >= steps[i - 1]!) ? steps : steps.toSorted()
  return sorted.filter((step, i) => i === 0 || step !== sorted[i - 1])
}

/** Merges sorted distinct steps in linear time. */
export function mergedSteps(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length)
  let [i, j, count] = [0, 0, 0]
  while (i < a.length || j < b.length) {
    const step = j === b.length || a[i]! < b[j]! ? a[i]! : b[j]!
    if (a[i] === step) i++
    if (b[j] === step) j++
    merged[count++] = step
  }
  return merged.slice(0, count)
}

function pointsAt(runId: string, key: string, points: PointColumns, wanted: ReadonlySet<number>) {
  const picked: number[] = []
  for (let i = 0; i < points.steps.length; i++) if (wanted.has(points.steps[i]!)) picked.push(i)
  const of = (column: Float64Array) => Float64Array.from(picked, (i) => column[i]!)
  const { timestamps, steps, values } = points
  return toMetrics(key, { timestamps: of(timestamps), steps: of(steps), values: of(values) })
    .sort((a, b) => a.step - b.step) // stable: points of one step stay in the order of the history
    .slice(0, MAX_POINTS)
    .map((metric): MetricWithRunId => ({ ...metric, run_id: runId }))
}
