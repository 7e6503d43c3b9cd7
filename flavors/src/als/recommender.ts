import { ItemTable } from '../recommender/item-table.js'
import { popularityFallback } from '../recommender/popular-items.js'
import { largestReasons, toReason } from '../recommender/reason.js'
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
  /** Distinct rows of the items that explain the vector; empty if it is unexplained. */
  readonly history: readonly number[]
  readonly foldIn?: FoldIn
}

/**
 * Recommends from a factor model: a history by fold-in, else a trained user by their factors, else the most popular
 * items. Exact: every item is scored.
 */
export class AlsRecommender implements Recommender {
  readonly table: ItemTable
  readonly users: UserTable
  readonly batchSize = 1
  readonly #model: AlsModel
  readonly #itemFactors: FactorMatrix
  readonly #gram: Float64Array

  constructor(model: AlsModel) {
    this.table = new ItemTable(model.items)
    this.users = new UserTable(model.userIds, model.seen)
    this.#model = model
    this.#itemFactors = new FactorMatrix(model.itemFactors, model.dimensions)
    this.#gram = this.#itemFactors.gram()
  }

  recommend(requests: readonly RecommendRequest[]): RecommendResponse[] {
    return requests.map((request) => this.#respond(request))
  }

  #respond(request: RecommendRequest): RecommendResponse {
    const resolved = resolveRequest(request, this.table, this.users)
    // The model is trained on sets, so a repeated item counts once
    const history = [...new Set(resolved.history)]
    if (resolved.source === 'history') return this.#rank(this.#profileOf(history), request, resolved)
    if (resolved.user !== undefined)
      return this.#rank(this.#profileOfUser(resolved.user, history), request, resolved)
    return popularityFallback(this.table, request, resolved)
  }

  #profileOf(history: readonly number[]): Profile {
    const foldIn = this.#foldIn(history)
    return { source: 'history', vector: foldIn.vector, history, foldIn }
  }

  #profileOfUser(user: number, history: readonly number[]): Profile {
    const { userFactors, dimensions } = this.#model
    const vector = Float64Array.from(userFactors.subarray(user * dimensions, (user + 1) * dimensions))
    return { source: 'user', vector, history }
  }

  #foldIn(history: readonly number[]): FoldIn {
    return new FoldIn(this.#itemFactors, this.#gram, this.#model.parameters, history)
  }

  #rank(
    profile: Profile,
    { k, reasons: isExplained }: RecommendRequest,
    { hidden, notices }: ResolvedRequest,
  ): RecommendResponse {
    const best = this.#best(profile.vector, k, hidden)
    const reasons = isExplained ? this.#explain(best, profile) : undefined
    const recommendations = best.map(({ row, score }, n) => ({
      ...this.table.describe(row),
      score,
      ...(reasons && { reasons: reasons[n]! }),
    }))
    return { recommendations, source: profile.source, notices }
  }

  /** Finds candidates by float32 scores, a few more than k, and orders them by float64 scores. */
  #best(vector: Float64Array, k: number, hidden: ReadonlySet<number>): { row: number; score: number }[] {
    const { ranks } = this.table
    const scores = this.#itemFactors.scoreAll(vector)
    for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
    return topK(scores, k + EXTRA_CANDIDATES, ranks)
      .map((row) => ({ row, score: this.#itemFactors.dot(row, vector) }))
      .sort((a, b) => b.score - a.score || ranks[a.row]! - ranks[b.row]!)
      .slice(0, k)
  }

  /** A trained vector is explained by the fold-in of the same history, which training approximates. */
  #explain(best: readonly { row: number }[], { foldIn, history }: Profile): Reason[][] {
    if (history.length === 0) return best.map(() => [{ type: 'profile' }])
    const explained = foldIn ?? this.#foldIn(history)
    return best.map(({ row }) => {
      const added = explained.contributions(row)
      const byItem = new Map(history.map((item, n) => [item, added[n]!]))
      return largestReasons('history', byItem).map((reason) => toReason(this.table, reason))
    })
  }
}
