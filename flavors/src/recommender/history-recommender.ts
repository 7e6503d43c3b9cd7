import type { Explainer } from './explanation.js'
import type { HistoryScorer } from './history-scorer.js'
import type { ItemTable } from './item-table.js'
import { popularityFallback } from './popular-items.js'
import { toReason } from './reason.js'
import type { Recommender, RecommendRequest, RecommendResponse } from './recommendation.js'
import { type ResolvedRequest, resolveRequest } from './resolve-request.js'
import { topK } from './top-k.js'
import { UserTable } from './user-histories.js'

export interface HistoryModel extends Explainer {
  readonly scorer: HistoryScorer
  readonly table: ItemTable
  /** Users with stored histories. */
  readonly users?: UserTable
  /** Memory limit for the scores of a batch of histories. */
  readonly scoreBytes?: number
}

const SCORE_BYTES = 64 * 1024 ** 2
/** More are not scored at a lower cost, and keep each other waiting. */
const MAX_REQUESTS = 8

interface PlannedRequest {
  readonly request: RecommendRequest
  readonly resolved: ResolvedRequest
  /** The history, followed by its variants if reasons are requested; none if the model cannot use it. */
  readonly histories: readonly Int32Array[]
}

/**
 * Recommends by the history of the request, else by that of a known user, else the most popular items. Exact: every
 * item is scored.
 */
export class HistoryRecommender implements Recommender {
  readonly table: ItemTable
  readonly users: UserTable
  readonly batchSize: number
  readonly #scorer: HistoryScorer
  readonly #explainer: Explainer
  /** Limit of histories that are scored together, unless a single request needs more. */
  readonly #maxHistories: number
  /** Scores of the batch: histories × items; reused, as it is large. */
  #scores = new Float32Array(0)

  constructor({
    scorer,
    table,
    users = new UserTable([]),
    scoreBytes = SCORE_BYTES,
    ...explainer
  }: HistoryModel) {
    this.table = table
    this.users = users
    this.#maxHistories = Math.max(1, Math.floor(scoreBytes / (4 * table.size)))
    this.batchSize = Math.min(MAX_REQUESTS, this.#maxHistories)
    this.#scorer = scorer
    this.#explainer = explainer
  }

  async recommend(requests: readonly RecommendRequest[]): Promise<RecommendResponse[]> {
    const { size } = this.table
    const responses: RecommendResponse[] = []
    for (const batch of this.#batches(requests.map((request) => this.#plan(request)))) {
      const scores = await this.#score(batch.flatMap(({ histories }) => histories))
      let first = 0
      for (const one of batch) {
        const end = first + one.histories.length
        responses.push(await this.#respond(one, scores.subarray(first * size, end * size)))
        first = end
      }
    }
    return responses
  }

  async close(): Promise<void> {
    await this.#scorer.close?.()
  }

  #plan(request: RecommendRequest): PlannedRequest {
    const resolved = resolveRequest(request, this.table, this.users)
    const { history } = resolved
    if (history.length === 0) return { request, resolved, histories: [] }
    const variants = (request.reasons && this.#explainer.variantsOf?.(history)) || []
    return { request, resolved, histories: [history, ...variants] }
  }

  *#batches(planned: readonly PlannedRequest[]): Generator<PlannedRequest[]> {
    let batch: PlannedRequest[] = []
    let histories = 0
    for (const one of planned) {
      if (batch.length > 0 && histories + one.histories.length > this.#maxHistories) {
        yield batch
        batch = []
        histories = 0
      }
      batch.push(one)
      histories += one.histories.length
    }
    if (batch.length > 0) yield batch
  }

  async #score(histories: readonly Int32Array[]): Promise<Float32Array> {
    const length = histories.length * this.table.size
    const scores = this.#scoreBuffer(length)
    if (length > 0) await this.#scorer.score(histories, scores)
    return scores
  }

  /** Keeps no buffer above the limit, which a single request with many variants may need. */
  #scoreBuffer(length: number): Float32Array {
    if (length > this.#maxHistories * this.table.size) return new Float32Array(length)
    if (this.#scores.length < length) this.#scores = new Float32Array(length)
    return this.#scores.subarray(0, length)
  }

  /** @param all the scores of the planned histories */
  async #respond(planned: PlannedRequest, all: Float32Array): Promise<RecommendResponse> {
    const { table } = this
    const { request, resolved, histories } = planned
    const { hidden, source, notices } = resolved
    if (histories.length === 0) return popularityFallback(table, request, resolved)
    const scores = all.subarray(0, table.size)
    for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
    const rows = topK(scores, request.k, table.ranks)
    const visible = table.size - hidden.size
    if (rows.length === 0 && visible > 0) return popularityFallback(table, request, resolved)
    const isShort = rows.length < Math.min(request.k, visible)
    const isExplained = request.reasons && rows.length > 0
    const reasons = isExplained
      ? await this.#explainer.explain({
          history: resolved.history,
          rows,
          scores,
          variants: all.subarray(table.size),
        })
      : undefined
    return {
      recommendations: rows.map((row, n) => ({
        ...table.describe(row),
        score: scores[row]!,
        ...(reasons && { reasons: reasons[n]!.map((reason) => toReason(table, reason)) }),
      })),
      source,
      notices: isShort
        ? [...notices, `the model scores only ${rows.length} items for this request`]
        : notices,
    }
  }
}
