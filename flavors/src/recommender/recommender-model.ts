import type { Model, ModelRequest } from '../flavor.js'
import { parseRows } from '../scoring-protocol/scoring-input.js'
import { SerialQueue } from '../serial-queue.js'
import { TimeSlice } from '../time-slice.js'
import { parseRequest } from './parse-request.js'
import { PendingRequest, requireRecommendationLimit } from './pending-request.js'
import { popularItems } from './popular-items.js'
import type { Recommender, RecommendRequest, RecommendResponse } from './recommendation.js'
import { resolveRequest } from './resolve-request.js'

/** The movie client says so in its own words. */
const NONE_LEFT = 'no item is left to recommend: all are'
const LATE = 'the model was late, so these are the most popular items'

interface PendingRow {
  readonly request: PendingRequest
  readonly row: number
}

/** Answers requests of many rows by a recommender, which gets the rows of all requests in batches. */
export class RecommenderModel implements Model {
  readonly #recommender: Recommender
  readonly #queue = new SerialQueue()
  readonly #running = new Set<Promise<void>>()

  constructor(recommender: Recommender) {
    this.#recommender = recommender
  }

  predict(requests: readonly ModelRequest[]): Promise<readonly RecommendResponse[]>[] {
    const pending = requests.map((request) => new PendingRequest(request))
    const running = this.#answer(pending).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return pending.map(({ promise }) => promise)
  }

  fallback({ input }: ModelRequest): readonly RecommendResponse[] {
    const { table, users } = this.#recommender
    let recommendations = 0
    return parseRows(input).map((row) => {
      const request = parseRequest(row)
      const resolved = resolveRequest(request, table, users)
      const response = popularItems(table, request, resolved, LATE)
      recommendations += response.recommendations.length
      requireRecommendationLimit(recommendations)
      return withNotice(response, request)
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#running)
    await this.#recommender.close?.()
  }

  /** Overlapping calls alternate after each batch. */
  async #answer(requests: readonly PendingRequest[]): Promise<void> {
    const slice = new TimeSlice()
    const rows = rowsInTurn(requests)
    while (await this.#queue.run(() => this.#respondNext(rows))) await slice.pause()
  }

  /** Takes rows only when their turn comes, so that requests past their deadline are not computed. */
  async #respondNext(rows: Iterator<PendingRow>): Promise<boolean> {
    const { batchSize } = this.#recommender
    const batch = take(rows, batchSize)
    if (batch.length > 0) await this.#respond(batch)
    return batch.length === batchSize
  }

  /** When a batch fails, each row is tried alone, so that the failure only concerns its own request. */
  async #respond(batch: readonly PendingRow[]): Promise<void> {
    try {
      const responses = await this.#recommender.recommend(batch.map(({ request, row }) => request.rows[row]!))
      for (const [n, { request, row }] of batch.entries())
        request.respond(row, withNotice(responses[n]!, request.rows[row]!))
    } catch (error) {
      if (batch.length === 1) batch[0]!.request.reject(error)
      else for (const one of batch) if (one.request.isOpen()) await this.#respond([one])
    }
  }
}

/** An empty list says why it is empty. */
function withNotice(response: RecommendResponse, { filter_seen }: RecommendRequest): RecommendResponse {
  if (response.recommendations.length > 0) return response
  const hidden = filter_seen
    ? 'in the history or excluded. Set filter_seen to false for seen ones'
    : 'excluded'
  return { ...response, notices: [...response.notices, `${NONE_LEFT} ${hidden}`] }
}

/** Yields the first row of each request, then the second ones, …, so that a large request does not delay small ones. */
function* rowsInTurn(requests: readonly PendingRequest[]): Generator<PendingRow> {
  for (let row = 0, open = requests; open.length > 0; row++) {
    open = open.filter(({ rows }) => row < rows.length)
    for (const request of open) if (request.isOpen()) yield { request, row }
  }
}

function take<T>(values: Iterator<T>, count: number): T[] {
  const taken: T[] = []
  while (taken.length < count) {
    const { done, value } = values.next()
    if (done) break
    taken.push(value)
  }
  return taken
}
