import { popularityFallback } from '../popularity/recommender.js'
import { SerialQueue } from '../serial-queue.js'
import type { Explain, RowReason } from './explanation.js'
import type { HistoryScorer } from './history-scorer.js'
import type { ItemTable } from './item-table.js'
import type { Reason, Recommender, RecommendRequest, RecommendResponse } from './recommendation.js'
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

/**
 * Recommends by the history of the request, else by that of a known user, else the most popular items. Exact: every
 * item is scored.
 */
export class HistoryRecommender implements Recommender {
  readonly #model: HistoryModel
  readonly #users: UserTable
  readonly #queue = new SerialQueue()

  constructor(model: HistoryModel) {
    this.#model = model
    this.#users = model.users ?? new UserTable([])
  }

  /** Requests run one after the other, as scorers reuse their buffers and sessions. */
  recommend(request: RecommendRequest): Promise<RecommendResponse> {
    return this.#queue.run(() => this.#recommend(request))
  }

  async close(): Promise<void> {
    await this.#queue.drain()
    await this.#model.scorer.close?.()
  }

  async #recommend(request: RecommendRequest): Promise<RecommendResponse> {
    const { table } = this.#model
    const resolved = resolveRequest(request, table, this.#users)
    if (resolved.history.length === 0) return popularityFallback(table, request.k, resolved)
    const scores = new Float32Array(table.size)
    await this.#model.scorer.score([resolved.history], scores)
    for (const row of resolved.hidden) scores[row] = Number.NEGATIVE_INFINITY
    const rows = topK(scores, request.k, table.ranks)
    const visible = table.size - new Set(resolved.hidden).size
    if (rows.length === 0 && visible > 0) return popularityFallback(table, request.k, resolved)
    const isShort = rows.length < Math.min(request.k, visible)
    const notice = `the model scores only ${rows.length} items for this request`
    return this.#describe(isShort ? withNotice(resolved, notice) : resolved, rows, scores)
  }

  async #describe(
    resolved: ResolvedRequest,
    rows: readonly number[],
    scores: Float32Array,
  ): Promise<RecommendResponse> {
    const { table, explain } = this.#model
    const reasons = rows.length > 0 ? await explain({ history: resolved.history, rows, scores }) : []
    const recommendations = rows.map((row, index) => ({
      ...table.describe(row),
      score: scores[row]!,
      reason: toReason(table, reasons[index]!),
    }))
    return { recommendations, source: resolved.source, notices: resolved.notices }
  }
}

const withNotice = (resolved: ResolvedRequest, notice: string): ResolvedRequest => ({
  ...resolved,
  notices: [...resolved.notices, notice],
})

export function toReason(table: ItemTable, reason: RowReason): Reason {
  if (!('row' in reason)) return reason
  const { row, ...rest } = reason
  const { item_id, title } = table.describe(row)
  return { ...rest, item_id, ...(title !== undefined && { title }) }
}
