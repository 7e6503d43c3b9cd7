import type { MetricWithRunId } from '@cairn/platform/protocol/mlflow/metrics'
import type { MetricChunkRow } from '../schema.js'
import { PackedPoints, unpack } from './point-codec.js'
import { concat, type PointColumns, sortedDistinct } from './point-columns.js'
import { toMetrics } from './wire.js'

/** Maximum number of points of one run in a response. */
const MAX_POINTS = 25_000

type StoredChunk = Pick<MetricChunkRow, 'first_step' | 'last_step' | 'stride' | 'points'>

/** Picks the points of a run at some steps. */
export class PointsAt {
  readonly #wanted: Float64Array
  readonly #picked: PointColumns[] = []

  /** @param steps sorted and distinct */
  constructor(steps: Float64Array) {
    this.#wanted = steps
  }

  addChunk({ first_step, last_step, stride, points }: StoredChunk) {
    const wanted = this.#wanted.subarray(
      lowerBound(this.#wanted, first_step),
      lowerBound(this.#wanted, last_step + 1),
    )
    if (wanted.length === 0) return
    if (stride === null) return this.add(points)
    const indexes = wanted.map((step) => (step - first_step) / stride).filter(Number.isInteger)
    if (indexes.length === 0) return
    const packed = new PackedPoints(points)
    const values = packed.values()
    this.#picked.push({
      timestamps: indexes.map((i) => packed.timestamps[i]!),
      steps: indexes.map((i) => first_step + i * stride),
      values: indexes.map((i) => values[i]!),
    })
  }

  /** @param text packed points in any order */
  add(text: string) {
    const { timestamps, steps, values } = unpack(text)
    const picked: number[] = []
    let at = 0 // of the first wanted step that is not below the current one
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!
      if (at > 0 && step <= this.#wanted[at - 1]!) at = lowerBound(this.#wanted, step)
      else while (this.#wanted[at]! < step) at++
      if (this.#wanted[at] === step) picked.push(i)
    }
    if (picked.length === 0) return
    const of = (column: Float64Array) => Float64Array.from(picked, (i) => column[i]!)
    this.#picked.push({ timestamps: of(timestamps), steps: of(steps), values: of(values) })
  }

  /** Ordered by step, timestamp and value. */
  list(run_id: string, key: string): MetricWithRunId[] {
    if (this.#picked.length === 0) return []
    return toMetrics(key, sortedDistinct(concat(this.#picked)))
      .sort((a, b) => a.step - b.step) // stable: points of one step stay in the order of the history
      .slice(0, MAX_POINTS)
      .map((metric): MetricWithRunId => ({ ...metric, run_id }))
  }
}

/** Index of the first element that is not below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
