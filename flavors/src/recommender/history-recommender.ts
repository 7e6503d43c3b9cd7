import { popularForWantOfHistory } from '../popularity/recommender.js'
import { Turns } from '../serial-queue.js'
import type { Because, Explain } from './explanation.js'
import type { HistoryScorer } from './history-scorer.js'
import type { ItemTable } from './item-table.js'
import type { Reason, RecommendAnswer, Recommender, RecommendRequest } from './recommendation.js'
import { type Asked, resolveRequest } from './resolve-request.js'
import { topK } from './top-k.js'
import { UserTable } from './user-histories.js'

export interface HistoryModel {
  readonly scorer: HistoryScorer
  readonly table: ItemTable
  readonly explain: Explain
  /** Whose histories are known. */
  readonly users?: UserTable
}

/**
 * Answers from a model that goes by the history: that of the request, else that of a known user, else the most popular
 * items. Exact: every item is scored.
 */
export class HistoryRecommender implements Recommender {
  readonly #model: HistoryModel
  readonly #users: UserTable
  readonly #turns = new Turns()

  constructor(model: HistoryModel) {
    this.#model = model
    this.#users = model.users ?? new UserTable([])
  }

  /** Scorers reuse their buffers and sessions, so one question is answered after the other. */
  recommend(request: RecommendRequest): Promise<RecommendAnswer> {
    return this.#turns.take(() => this.#answer(request))
  }

  async close(): Promise<void> {
    await this.#turns.end()
    await this.#model.scorer.close?.()
  }

  async #answer(request: RecommendRequest): Promise<RecommendAnswer> {
    const { table } = this.#model
    const asked = resolveRequest(request, table, this.#users)
    if (asked.history.length === 0) return popularForWantOfHistory(table, request.k, asked)
    const scores = new Float32Array(table.size)
    await this.#model.scorer.score([asked.history], scores)
    for (const row of asked.hidden) scores[row] = Number.NEGATIVE_INFINITY
    const rows = topK(scores, request.k, table.ranks)
    const left = table.size - new Set(asked.hidden).size
    if (rows.length === 0 && left > 0) return popularForWantOfHistory(table, request.k, asked)
    const isShort = rows.length < Math.min(request.k, left)
    const notice = `the model has something to say of ${rows.length} items only`
    return this.#describe(isShort ? noting(asked, notice) : asked, rows, scores)
  }

  async #describe(asked: Asked, rows: readonly number[], scores: Float32Array): Promise<RecommendAnswer> {
    const { table, explain } = this.#model
    const becauses = rows.length > 0 ? await explain({ history: asked.history, rows, scores }) : []
    const recommendations = rows.map((row, place) => ({
      ...table.describe(row),
      score: scores[row]!,
      reason: reasonOf(table, becauses[place]!),
    }))
    return { recommendations, source: asked.source, notices: asked.notices }
  }
}

const noting = (asked: Asked, notice: string): Asked => ({ ...asked, notices: [...asked.notices, notice] })

export function reasonOf(table: ItemTable, because: Because): Reason {
  if (!('row' in because)) return because
  const { row, ...rest } = because
  const { item_id, title } = table.describe(row)
  return { ...rest, item_id, ...(title !== undefined && { title }) }
}
