import { type Plan, RECENT } from './plan.js'
import { Labels, meanOfKnown, type Traits } from './traits.js'

/** One history with what the members say of all items. */
export interface ScoredCandidates {
  readonly history: Int32Array
  /** The candidates. */
  readonly items: Int32Array
  /** Of the members, then of the views. */
  readonly scores: readonly Float32Array[]
  /** Of the members, for each candidate. */
  readonly ranks: readonly Float32Array[]
}

/** Fills rows of features in the order of `listFeatures`. */
export class FeatureColumns {
  readonly #numbers: readonly Float32Array[]
  readonly #gaps: readonly Float32Array[]
  readonly #labels: readonly Labels[]

  constructor({ numbers, gaps, labels }: Plan, traits: Traits) {
    this.#numbers = numbers.map((name) => traits.numbers[name]!)
    this.#gaps = gaps.map((name) => traits.numbers[name]!)
    this.#labels = labels.map((name) => new Labels(traits.labels[name]!))
  }

  fill(features: Float32Array, { history, items, scores, ranks }: ScoredCandidates): void {
    const width = features.length / items.length
    let column = 0
    const write = (value: (row: number, n: number) => number) => {
      for (let n = 0; n < items.length; n++) features[n * width + column] = value(items[n]!, n)
      column++
    }
    const score = (own: Float32Array) =>
      write((row) => (own[row]! > Number.NEGATIVE_INFINITY ? own[row]! : Number.NaN))
    for (const [member, own] of ranks.entries()) {
      score(scores[member]!)
      write((_, n) => own[n]!)
    }
    for (const own of scores.slice(ranks.length)) score(own)
    const recent = history.subarray(-RECENT)
    for (const own of this.#numbers) write((row) => own[row]!)
    for (const own of this.#gaps) {
      const mean = meanOfKnown(own, recent)
      write((row) => own[row]! - mean)
    }
    for (const labels of this.#labels)
      for (const part of [history, recent]) {
        labels.learn(part)
        write((row) => labels.affinity(row))
      }
    const length = Math.log(history.length)
    write(() => length)
  }
}
