import type { FirstStage, ProposedCandidates } from '@cairn/flavors/two-stage/first-stage'
import { randomStream } from '@cairn/platform/statistics/random'
import { type HeldOut, historyOf } from './hold-out.js'

/** The training rows of the second stage; the first row of each group is the target. */
export interface TrainingRows {
  /** Row-major, with the features of the first stage. */
  readonly features: Float32Array
  readonly labels: Float32Array
  /** Number of rows of each group. */
  readonly groups: Int32Array
  /** Bit m is set where member m proposes the row. */
  readonly proposers: Int32Array
  /** Number of queries whose target no member proposes; they are skipped. */
  readonly missed: number
}

export interface SamplingOptions {
  /** The maximum number of candidates per group in addition to the target. */
  readonly negatives: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onQueries?: ((done: number, total: number) => void | Promise<void>) | undefined
}

const QUERIES_PER_BATCH = 256

/** Collects the candidates of a first stage fitted on `heldOut.rest`: each target with a sample of the others. */
export async function collectTrainingRows(
  stage: FirstStage,
  heldOut: HeldOut,
  options: SamplingOptions,
): Promise<TrainingRows> {
  const sample = new RowSampler(stage.features.length, options)
  const queries = heldOut.users.length
  for (let from = 0; from < queries; from += QUERIES_PER_BATCH) {
    const to = Math.min(from + QUERIES_PER_BATCH, queries)
    const histories = Array.from({ length: to - from }, (_, n) => historyOf(heldOut, from + n))
    const proposals = await stage.propose(histories, options.signal)
    for (let n = 0; n < histories.length; n++)
      sample.add(proposals, n, heldOut.rest.itemOf[heldOut.targets[from + n]!]!)
    await options.onQueries?.(to, queries)
  }
  return sample.finish()
}

class RowSampler {
  readonly #width: number
  readonly #negatives: number
  readonly #random: () => number
  readonly #features: Float32Array[] = []
  readonly #proposers: number[] = []
  readonly #groups: number[] = []
  #missed = 0

  constructor(width: number, { negatives, seed }: SamplingOptions) {
    this.#width = width
    this.#negatives = negatives
    this.#random = randomStream(seed)
  }

  add({ offsets, items, features, proposers }: ProposedCandidates, query: number, target: number): void {
    const [from, to] = [offsets[query]!, offsets[query + 1]!]
    const targetRow = items.subarray(from, to).indexOf(target)
    if (targetRow < 0) {
      this.#missed++
      return
    }
    const otherRows = Int32Array.from({ length: to - from }, (_, n) => from + n).filter(
      (row) => row !== from + targetRow,
    )
    const rows = [from + targetRow, ...this.#sample(otherRows)]
    const group = new Float32Array(rows.length * this.#width)
    for (const [n, row] of rows.entries()) {
      group.set(features.subarray(row * this.#width, (row + 1) * this.#width), n * this.#width)
      this.#proposers.push(proposers[row]!)
    }
    this.#features.push(group)
    this.#groups.push(rows.length)
  }

  /** A partial Fisher-Yates shuffle. */
  #sample(rows: Int32Array): Int32Array {
    const count = Math.min(this.#negatives, rows.length)
    for (let n = 0; n < count; n++) {
      const other = n + Math.floor(this.#random() * (rows.length - n))
      const row = rows[n]!
      rows[n] = rows[other]!
      rows[other] = row
    }
    return rows.subarray(0, count)
  }

  finish(): TrainingRows {
    const rows = this.#proposers.length
    const features = new Float32Array(rows * this.#width)
    const labels = new Float32Array(rows)
    let at = 0
    for (const [n, group] of this.#features.entries()) {
      features.set(group, at * this.#width)
      labels[at] = 1
      at += this.#groups[n]!
    }
    return {
      features,
      labels,
      groups: Int32Array.from(this.#groups),
      proposers: Int32Array.from(this.#proposers),
      missed: this.#missed,
    }
  }
}

/** Keeps the given rows and columns, and drops groups that lose their target. */
export function keepRows(
  { features, labels, groups, proposers, missed }: TrainingRows,
  keepsRow: (row: number) => boolean,
  columns?: readonly number[],
): TrainingRows {
  const kept: number[] = []
  const sizes: number[] = []
  let from = 0
  for (const size of groups) {
    const rows = Array.from({ length: size }, (_, n) => from + n).filter(keepsRow)
    from += size
    if (labels[rows[0] ?? -1] !== 1) continue
    kept.push(...rows)
    sizes.push(rows.length)
  }
  const width = features.length / labels.length
  const keptColumns = columns ?? Array.from({ length: width }, (_, column) => column)
  const copy = new Float32Array(kept.length * keptColumns.length)
  for (const [n, row] of kept.entries())
    for (const [at, column] of keptColumns.entries())
      copy[n * keptColumns.length + at] = features[row * width + column]!
  return {
    features: copy,
    labels: Float32Array.from(kept, (row) => labels[row]!),
    groups: Int32Array.from(sizes),
    proposers: Int32Array.from(kept, (row) => proposers[row]!),
    missed: missed + groups.length - sizes.length,
  }
}
