import type { FirstStage, Proposals } from '@cairn/flavors/two-stage/first-stage'
import { randomStream } from '@cairn/platform/statistics/random'
import { type HeldOut, historyOf } from './hold-out.js'

/** What the second stage learns from: of each group one row, its first, is the answer. */
export interface TrainingRows {
  /** Row-major, as the first stage describes candidates. */
  readonly features: Float32Array
  readonly labels: Float32Array
  /** Rows of each group. */
  readonly groups: Int32Array
  /** Bit m is set where member m proposes the row. */
  readonly proposers: Int32Array
  /** Questions whose answer no member proposes; they teach nothing. */
  readonly missed: number
}

export interface SamplingOptions {
  /** At most so many candidates of a group that are not the answer. */
  readonly negatives: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onQuestions?: ((done: number, total: number) => void | Promise<void>) | undefined
}

const QUESTIONS_A_TURN = 256

/** Asks a first stage that was fitted on `heldOut.rest`, and keeps each answer with a sample of the other candidates. */
export async function trainingRows(
  stage: FirstStage,
  heldOut: HeldOut,
  options: SamplingOptions,
): Promise<TrainingRows> {
  const sample = new Sample(stage.features.length, options)
  const questions = heldOut.users.length
  for (let from = 0; from < questions; from += QUESTIONS_A_TURN) {
    const to = Math.min(from + QUESTIONS_A_TURN, questions)
    const histories = Array.from({ length: to - from }, (_, n) => historyOf(heldOut, from + n))
    const proposals = await stage.propose(histories, options.signal)
    for (let n = 0; n < histories.length; n++)
      sample.add(proposals, n, heldOut.rest.itemOf[heldOut.answers[from + n]!]!)
    await options.onQuestions?.(to, questions)
  }
  return sample.finish()
}

class Sample {
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

  add({ offsets, items, features, proposers }: Proposals, question: number, answer: number): void {
    const [from, to] = [offsets[question]!, offsets[question + 1]!]
    const right = items.subarray(from, to).indexOf(answer)
    if (right < 0) {
      this.#missed++
      return
    }
    const wrong = Int32Array.from({ length: to - from }, (_, n) => from + n).filter(
      (row) => row !== from + right,
    )
    const rows = [from + right, ...this.#some(wrong)]
    const group = new Float32Array(rows.length * this.#width)
    for (const [n, row] of rows.entries()) {
      group.set(features.subarray(row * this.#width, (row + 1) * this.#width), n * this.#width)
      this.#proposers.push(proposers[row]!)
    }
    this.#features.push(group)
    this.#groups.push(rows.length)
  }

  /** The first of a shuffle that stops when there are enough. */
  #some(rows: Int32Array): Int32Array {
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

/** The rows and features that are kept, of the groups that keep their answer and another candidate beside it. */
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
  const taken = columns ?? Array.from({ length: width }, (_, column) => column)
  const copy = new Float32Array(kept.length * taken.length)
  for (const [n, row] of kept.entries())
    for (const [place, column] of taken.entries())
      copy[n * taken.length + place] = features[row * width + column]!
  return {
    features: copy,
    labels: Float32Array.from(kept, (row) => labels[row]!),
    groups: Int32Array.from(sizes),
    proposers: Int32Array.from(kept, (row) => proposers[row]!),
    missed: missed + groups.length - sizes.length,
  }
}
