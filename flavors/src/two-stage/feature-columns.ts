import { type Plan, RECENT } from './plan.js'
import { Labels, meanOfKnown, type Traits } from './traits.js'

/** A history, its candidates and the members' scores. */
export interface ScoredCandidates {
  readonly history: Int32Array
  /** Item rows of the candidates. */
  readonly items: Int32Array
  /** Scores of all items by the members, then by the views. */
  readonly scores: readonly Float32Array[]
  /** Rank of each candidate by the members. */
  readonly ranks: readonly Float32Array[]
}

/** Fills the feature matrix, with columns in the order of `listFeatures`. */
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
    const writeScores = (values: Float32Array) =>
      write((row) => (values[row]! > Number.NEGATIVE_INFINITY ? values[row]! : Number.NaN))
    for (const [member, memberRanks] of ranks.entries()) {
      writeScores(scores[member]!)
      write((_, n) => memberRanks[n]!)
    }
    for (const viewScores of scores.slice(ranks.length)) writeScores(viewScores)
    const recent = history.subarray(-RECENT)
    for (const values of this.#numbers) write((row) => values[row]!)
    for (const values of this.#gaps) {
      const mean = meanOfKnown(values, recent)
      write((row) => values[row]! - mean)
    }
    for (const labels of this.#labels)
      for (const events of [history, recent]) {
        labels.setHistory(events)
        write((row) => labels.affinity(row))
      }
    const length = Math.log(history.length)
    write(() => length)
  }
}
