import type { Explain } from './explanation.js'
import type { HistoryScorer } from './history-scorer.js'
import type { ItemTable } from './item-table.js'
import { popularityFallback } from './popular-items.js'
import { toReason } from './reason.js'
import type { Recommender, RecommendRequest, RecommendResponse } from './recommendation.js'
import { type ResolvedRequest, resolveRequest } from './resolve-request.js'
import { topK } from './top-k.js'
import { UserTable } from './user-histories.js'

export interface HistoryModel {
  readonly scorer: HistoryScorer
  readonly table: ItemTable
  readonly explain: Explain
  /** Users with stored histories. */
  readonly users?: UserTable
}

/** Memory limit for the scores of a batch of histories. */
const SCORE_BYTES = 64 * 1024 ** 2
/** More are not scored at a lower cost, and keep each other waiting. */
const MAX_HISTORIES = 8

/**
 * Recommends by the history of the request, else by that of a known user, else the most popular items. Exact: every
 * item is scored.
 */
export class HistoryRecommender implements Recommender {
  readonly table: ItemTable
  readonly users: UserTable
  readonly batchSize: number
  readonly #scorer: HistoryScorer
  readonly #explain: Explain
  /** Scores of the batch: histories × items; reused, as it is large. */
  #scores = new Float32Array(0)

  constructor({ scorer, table, explain, users = new UserTable([]) }: HistoryModel) {
    this.table = table
    this.users = users
    this.batchSize = Math.max(1, Math.min(MAX_HISTORIES, Math.floor(SCORE_BYTES / (4 * table.size))))
    this.#scorer = scorer
    this.#explain = explain
  }

  async recommend(requests: readonly RecommendRequest[]): Promise<RecommendResponse[]> {
    const { size } = this.table
    const resolved = requests.map((request) => resolveRequest(request, this.table, this.users))
    const histories = resolved.flatMap(({ history }) => (history.length > 0 ? [history] : []))
    const scores = await this.#score(histories)
    const responses: RecommendResponse[] = []
    let scored = 0
    for (const [n, request] of requests.entries()) {
      const isScored = resolved[n]!.history.length > 0
      const own = scores.subarray(scored * size, (scored + 1) * size)
      if (isScored) scored++
      responses.push(
        isScored
          ? await this.#rank(request, resolved[n]!, own)
          : popularityFallback(this.table, request, resolved[n]!),
      )
    }
    return responses
  }

  async close(): Promise<void> {
    await this.#scorer.close?.()
  }

  async #score(histories: readonly Int32Array[]): Promise<Float32Array> {
    const length = histories.length * this.table.size
    if (this.#scores.length < length) this.#scores = new Float32Array(length)
    const scores = this.#scores.subarray(0, length)
    if (length > 0) await this.#scorer.score(histories, scores)
    return scores
  }

  async #rank(
    request: RecommendRequest,
    resolved: ResolvedRequest,
    scores: Float32Array,
  ): Promise<RecommendResponse> {
    const { table } = this
    const { hidden, source, notices } = resolved
    for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
    const rows = topK(scores, request.k, table.ranks)
    const visible = table.size - hidden.size
    if (rows.length === 0 && visible > 0) return popularityFallback(table, request, resolved)
    const isShort = rows.length < Math.min(request.k, visible)
    const isExplained = request.reasons && rows.length > 0
    const reasons = isExplained ? await this.#explain({ history: resolved.history, rows, scores }) : undefined
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
