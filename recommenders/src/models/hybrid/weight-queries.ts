import { type FusionMethod, termsOf } from '@cairn/flavors/fusion/terms'
import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import { topK } from '@cairn/flavors/recommender/top-k'
import { type HeldOut, historyOf } from '../two-stage/hold-out.js'

/** The term of each member for every item that can rank first; weights are chosen by the rank of the target. */
export interface WeightQueries {
  readonly members: number
  /** The rows of query q are [offsets[q], offsets[q + 1]); the first is the target's. */
  readonly offsets: Int32Array
  /** Rows × members, row-major. */
  readonly terms: Float32Array
}

/** More queries do not improve the weights and cost memory. */
const MAX_QUERIES = 2000
/** An item outside every member's top N cannot rank first in a weighted sum. */
const DEPTH = 50
const QUERIES_PER_BATCH = 64

/** Scores evenly spaced held-out queries with members that were fitted on `heldOut.rest`. */
export async function collectWeightQueries(
  method: FusionMethod,
  members: readonly HistoryScorer[],
  heldOut: HeldOut,
  signal?: AbortSignal,
): Promise<WeightQueries> {
  const all = heldOut.users.length
  const count = Math.min(all, MAX_QUERIES)
  const queries = Array.from({ length: count }, (_, n) => Math.floor((n * all) / count))
  const rows = new TermCollector(method, members, heldOut)
  for (let from = 0; from < count; from += QUERIES_PER_BATCH) {
    signal?.throwIfAborted()
    await rows.score(queries.slice(from, from + QUERIES_PER_BATCH))
  }
  return rows.finish()
}

class TermCollector {
  readonly #members: readonly HistoryScorer[]
  readonly #heldOut: HeldOut
  readonly #items: number
  readonly #toTerms: ReturnType<typeof termsOf>
  readonly #order: Uint32Array
  readonly #terms: number[] = []
  readonly #offsets: number[] = [0]

  constructor(method: FusionMethod, members: readonly HistoryScorer[], heldOut: HeldOut) {
    this.#members = members
    this.#heldOut = heldOut
    this.#items = heldOut.rest.items.size
    this.#toTerms = termsOf(method, this.#items)
    this.#order = Uint32Array.from({ length: this.#items }, (_, row) => row)
  }

  async score(queries: readonly number[]): Promise<void> {
    const histories = queries.map((query) => historyOf(this.#heldOut, query))
    const memberScores: Float32Array[] = []
    for (const member of this.#members) {
      const scores = new Float32Array(histories.length * this.#items)
      await member.score(histories, scores)
      memberScores.push(scores)
    }
    const { rest, targets } = this.#heldOut
    for (const [n, query] of queries.entries()) {
      const own = memberScores.map((scores) => scores.subarray(n * this.#items, (n + 1) * this.#items))
      this.#add(histories[n]!, rest.itemOf[targets[query]!]!, own)
    }
  }

  /** Skips targets that are in the history already, because they would not be recommended. */
  #add(history: Int32Array, target: number, memberScores: readonly Float32Array[]): void {
    const hidden = new Uint8Array(this.#items)
    for (const row of history) hidden[row] = 1
    if (hidden[target] === 1) return
    const rows = new Set([target])
    for (const scores of memberScores) {
      this.#toTerms(scores, hidden)
      for (const row of history) scores[row] = Number.NEGATIVE_INFINITY
      for (const row of topK(scores, DEPTH, this.#order)) rows.add(row)
    }
    for (const row of rows) for (const scores of memberScores) this.#terms.push(scores[row]!)
    this.#offsets.push(this.#terms.length / memberScores.length)
  }

  finish(): WeightQueries {
    return {
      members: this.#members.length,
      offsets: Int32Array.from(this.#offsets),
      terms: Float32Array.from(this.#terms),
    }
  }
}

/** Drops the terms of the members whose flag is false. */
export function keepMembers(
  { members, offsets, terms }: WeightQueries,
  isKept: readonly boolean[],
): WeightQueries {
  return {
    members: isKept.filter(Boolean).length,
    offsets,
    terms: terms.filter((_, at) => isKept[at % members]),
  }
}
