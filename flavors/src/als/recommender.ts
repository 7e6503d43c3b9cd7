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
import { FactorMatrix } from './factor-matrix.js'
import { FoldIn } from './fold-in.js'
import type { AlsModel } from './model.js'

/** Candidates beyond k, because float32 may order nearly equal scores wrongly. */
const EXTRA_CANDIDATES = 16

/** The user vector of a request and the history that explains it. */
interface Profile {
  readonly source: 'history' | 'user'
  readonly vector: Float64Array
  /** Rows of the items that explain the vector. */
  readonly history: readonly number[]
  /** Absent if the history is empty: the vector is then unexplained. */
  readonly foldIn?: FoldIn
}

/**
 * Recommends from a factor model: a history by fold-in, else a trained user by their factors, else the most popular
 * items. Exact: every item is scored. Not re-entrant, as scoring reuses its buffers.
 */
export class AlsRecommender implements Recommender {
  readonly #model: AlsModel
  readonly #table: ItemTable
  readonly #users: UserTable
  readonly #itemFactors: FactorMatrix
  readonly #gram: Float64Array

  constructor(model: AlsModel) {
    this.#model = model
    this.#table = new ItemTable(model.items)
    this.#users = new UserTable(model.userIds, model.seen)
    this.#itemFactors = new FactorMatrix(model.itemFactors, model.dimensions)
    this.#gram = this.#itemFactors.gram()
  }

  recommend(request: RecommendRequest): RecommendResponse {
    const resolved = resolveRequest(request, this.#table, this.#users)
    // The model is trained on sets, so a repeated item counts once
    const history = [...new Set(resolved.history)]
    if (resolved.source === 'history') return this.#rank(this.#profileOf(history), request.k, resolved)
    if (resolved.user !== undefined)
      return this.#rank(this.#profileOfUser(resolved.user, history), request.k, resolved)
    return popularityFallback(this.#table, request.k, resolved)
  }

  #profileOf(history: readonly number[]): Profile {
    const foldIn = this.#foldIn(history)
    return { source: 'history', vector: foldIn.vector, history, foldIn }
  }

  /** Scores by the trained vector. The fold-in of the same history, which training approximates, explains them. */
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

  /** Finds candidates by float32 scores, a few more than k, and orders them by float64 scores. */
  #best(vector: Float64Array, k: number, hidden: readonly number[]): { row: number; score: number }[] {
    const { ranks } = this.#table
    const scores = this.#itemFactors.scoreAll(vector)
    for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
    return topK(scores, k + EXTRA_CANDIDATES, ranks)
      .map((row) => ({ row, score: this.#itemFactors.dot(row, vector) }))
      .sort((a, b) => b.score - a.score || ranks[a.row]! - ranks[b.row]!)
      .slice(0, k)
  }

  #reason(row: number, { foldIn, history }: Profile): Reason {
    if (!foldIn) return { type: 'profile' }
    const contributions = foldIn.contributions(row)
    let best = 0
    for (let index = 1; index < contributions.length; index++)
      if (contributions[index]! > contributions[best]!) best = index
    return toReason(this.#table, {
      type: 'history',
      row: history[best]!,
      contribution: contributions[best]!,
    })
  }
}
