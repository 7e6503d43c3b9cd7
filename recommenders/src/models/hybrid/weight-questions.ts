import { type FusionMethod, termsOf } from '@cairn/flavors/fusion/terms'
import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import { topK } from '@cairn/flavors/recommender/top-k'
import { type HeldOut, historyOf } from '../two-stage/hold-out.js'

/** What each member adds for the items that may come first; weights are chosen by where the answer ends up. */
export interface WeightQuestions {
  readonly members: number
  /** Rows of question q are those at offsets[q] … offsets[q + 1]; the first is the answer's. */
  readonly offsets: Int32Array
  /** Rows × members. */
  readonly terms: Float32Array
}

/** More users tell no better which weights are good, and cost memory. */
const MOST_QUESTIONS = 2000
/** What is not among so many of any member comes first in no sum of them. */
const DEPTH = 50
const QUESTIONS_A_TURN = 64

/** Asks members that were fitted on `heldOut.rest`, of users that are evenly spread. */
export async function weightQuestions(
  method: FusionMethod,
  members: readonly HistoryScorer[],
  heldOut: HeldOut,
  signal?: AbortSignal,
): Promise<WeightQuestions> {
  const all = heldOut.users.length
  const asked = Math.min(all, MOST_QUESTIONS)
  const questions = Array.from({ length: asked }, (_, n) => Math.floor((n * all) / asked))
  const rows = new TermRows(method, members, heldOut)
  for (let from = 0; from < asked; from += QUESTIONS_A_TURN) {
    signal?.throwIfAborted()
    await rows.ask(questions.slice(from, from + QUESTIONS_A_TURN))
  }
  return rows.finish()
}

class TermRows {
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

  async ask(questions: readonly number[]): Promise<void> {
    const histories = questions.map((question) => historyOf(this.#heldOut, question))
    const said: Float32Array[] = []
    for (const member of this.#members) {
      const scores = new Float32Array(histories.length * this.#items)
      await member.score(histories, scores)
      said.push(scores)
    }
    const { rest, answers } = this.#heldOut
    for (const [n, question] of questions.entries()) {
      const own = said.map((scores) => scores.subarray(n * this.#items, (n + 1) * this.#items))
      this.#add(histories[n]!, rest.itemOf[answers[question]!]!, own)
    }
  }

  /** An answer that the history has already is no answer: it would not be recommended. */
  #add(history: Int32Array, answer: number, said: readonly Float32Array[]): void {
    const hidden = new Uint8Array(this.#items)
    for (const row of history) hidden[row] = 1
    if (hidden[answer] === 1) return
    const rows = new Set([answer])
    for (const scores of said) {
      this.#toTerms(scores, hidden)
      for (const row of history) scores[row] = Number.NEGATIVE_INFINITY
      for (const row of topK(scores, DEPTH, this.#order)) rows.add(row)
    }
    for (const row of rows) for (const scores of said) this.#terms.push(scores[row]!)
    this.#offsets.push(this.#terms.length / said.length)
  }

  finish(): WeightQuestions {
    return {
      members: this.#members.length,
      offsets: Int32Array.from(this.#offsets),
      terms: Float32Array.from(this.#terms),
    }
  }
}

/** Only the members that stay. */
export function keepMembers(
  { members, offsets, terms }: WeightQuestions,
  stays: readonly boolean[],
): WeightQuestions {
  const kept = terms.filter((_, at) => stays[at % members])
  return { members: stays.filter(Boolean).length, offsets, terms: kept }
}
