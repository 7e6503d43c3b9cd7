import type { Db } from '@cairn/platform/db/db'
import type { MetricWithRunId } from '@cairn/platform/protocol/metrics'
import type { TrackingSchema } from '../schema.js'
import { toMetrics } from './history.js'
import type { Points } from './points.js'
import { readPoints } from './read.js'

/** Points of one run in one answer. */
const MAX_POINTS = 25_000

export interface Interval {
  readonly key: string
  /** Inclusive; absent: from step 0 to the last. */
  readonly range?: readonly [start: number, end: number]
  readonly maxSteps: number
}

/** Values of a metric for charts: every n-th step over all runs, and each run's first and last. */
export async function sampleRuns(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, maxSteps }: Interval,
): Promise<MetricWithRunId[]> {
  const edges: number[] = []
  let steps: Float64Array = new Float64Array(0)
  for (const runId of runIds) {
    const own = distinct((await readPoints(db, runId, key)).steps)
    steps = steps.length === 0 ? own : distinct(joined(steps, own))
    edges.push(...own.subarray(0, 1), ...own.subarray(-1))
  }
  const [start, end] = range ?? [0, steps.at(-1) ?? 0]
  const isInside = (step: number) => step >= start && step <= end
  const wanted = new Set([...everyNth(steps.filter(isInside), maxSteps), ...edges.filter(isInside)])
  if (wanted.size === 0) return []
  const points: MetricWithRunId[] = []
  for (const runId of runIds) points.push(...pointsAt(runId, key, await readPoints(db, runId, key), wanted))
  return points
}

/** As MLflow picks them: `max` of them evenly by rank, and the last. */
export function everyNth(steps: ArrayLike<number>, max: number): number[] {
  if (steps.length <= max) return Array.from(steps)
  const interval = steps.length / max
  const picked = Array.from({ length: max }, (_, i) => steps[Math.floor(i * interval)]!)
  return [...picked, steps[steps.length - 1]!]
}

/** In order, each once. */
function distinct(steps: Float64Array): Float64Array {
  const sorted = steps.every((step, i) => i === 0 || step >= steps[i - 1]!) ? steps : steps.toSorted()
  return sorted.filter((step, i) => i === 0 || step !== sorted[i - 1])
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

function pointsAt(runId: string, key: string, points: Points, wanted: ReadonlySet<number>) {
  const picked: number[] = []
  for (let i = 0; i < points.steps.length; i++) if (wanted.has(points.steps[i]!)) picked.push(i)
  const of = (column: Float64Array) => Float64Array.from(picked, (i) => column[i]!)
  const { timestamps, steps, values } = points
  return toMetrics(key, { timestamps: of(timestamps), steps: of(steps), values: of(values) })
    .sort((a, b) => a.step - b.step) // those of one step stay in the order of the history
    .slice(0, MAX_POINTS)
    .map((metric): MetricWithRunId => ({ ...metric, run_id: runId }))
}
