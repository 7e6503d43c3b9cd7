import { popularityFallback } from '../popularity/recommender.js'
import { toReason } from '../recommender/history-recommender.js'
import { ItemTable } from '../recommender/item-table.js'
import type {
  Reason,
  Recommender,
  RecommendRequest,
  RecommendResponse,
} from '../recommender/recommendation.js'
import { type ResolvedRequest, resolveRequest } from '../recommender/resolve-request.js'
import { topK } from '../recommender/top-k.js'
import { UserTable } from '../recommender/user-histories.js'
import { Factors } from './factors.js'
import { FoldIn } from './fold-in.js'
import type { AlsModel } from './model.js'

/** Candidates beyond k: float32 may misplace scores that differ by less than it can tell. */
const SPARE = 16

/** Who is asked for: a vector, what is behind it, and what not to show. */
interface Profile {
  readonly source: 'history' | 'user'
  readonly vector: Float64Array
  /** Rows of the items that explain the vector, and how; absent when only the vector is known. */
  readonly history: readonly number[]
  readonly foldIn?: FoldIn
}

/**
 * Answers from a factor model: a history by fold-in, else a trained user by their factors, else the most popular items.
 * Exact: every item is scored. Not re-entrant, as scoring reuses its buffers.
 */
export class AlsRecommender implements Recommender {
  readonly #model: AlsModel
  readonly #table: ItemTable
  readonly #users: UserTable
  readonly #itemFactors: Factors
  readonly #gram: Float64Array

  constructor(model: AlsModel) {
    this.#model = model
    this.#table = new ItemTable(model.items)
    this.#users = new UserTable(model.userIds, model.seen)
    this.#itemFactors = new Factors(model.itemFactors, model.dimensions)
    this.#gram = this.#itemFactors.gram()
  }

  recommend(request: RecommendRequest): RecommendResponse {
    const asked = resolveRequest(request, this.#table, this.#users)
    // A model of sets: what comes twice counts once
    const history = [...new Set(asked.history)]
    if (asked.source === 'history') return this.#rank(this.#profileOf(history), request.k, asked)
    if (asked.user !== undefined)
      return this.#rank(this.#profileOfUser(asked.user, history), request.k, asked)
    return popularityFallback(this.#table, request.k, asked)
  }

  #profileOf(history: readonly number[]): Profile {
    const foldIn = this.#foldIn(history)
    return { source: 'history', vector: foldIn.vector, history, foldIn }
  }

  /** The trained vector scores; the fold-in of the same history, which training approached, gives the reasons. */
  #profileOfUser(user: number, seen: readonly number[]): Profile {
    const { userFactors, dimensions } = this.#model
    const vector = Float64Array.from(userFactors.subarray(user * dimensions, (user + 1) * dimensions))
    return { source: 'user', vector, history: seen, ...(seen.length > 0 && { foldIn: this.#foldIn(seen) }) }
  }

  #foldIn(history: readonly number[]): FoldIn {
    return new FoldIn(this.#itemFactors, this.#gram, this.#model.parameters, history)
  }

  #rank(profile: Profile, k: number, { hidden, notices }: ResolvedRequest): RecommendResponse {
    const recommendations = this.#best(profile.vector, k, hidden).map(({ row, score }) => ({
      ...this.#table.describe(row),
      score,
      reason: this.#reason(row, profile),
    }))
    return { recommendations, source: profile.source, notices }
  }

  /** Candidates by float32 scores, a few more than asked for, so that their float64 scores decide the order. */
  #best(vector: Float64Array, k: number, hidden: readonly number[]): { row: number; score: number }[] {
    const { ranks } = this.#table
    const scores = this.#itemFactors.scoreAll(vector)
    for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
    return topK(scores, k + SPARE, ranks)
      .map((row) => ({ row, score: this.#itemFactors.dot(row, vector) }))
      .sort((a, b) => b.score - a.score || ranks[a.row]! - ranks[b.row]!)
      .slice(0, k)
  }

  #reason(row: number, { foldIn, history }: Profile): Reason {
    if (!foldIn) return { type: 'profile' }
    const contributions = foldIn.contributions(row)
    let best = 0
    for (let place = 1; place < contributions.length; place++)
      if (contributions[place]! > contributions[best]!) best = place
    return toReason(this.#table, {
      type: 'history',
      row: history[best]!,
      contribution: contributions[best]!,
    })
  }
}
