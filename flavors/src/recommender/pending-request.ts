import { invalid } from '@cairn/platform/errors'
import { checkDeadline } from '../deadline.js'
import type { ModelRequest } from '../flavor.js'
import { parseRows } from '../scoring-protocol/scoring-input.js'
import { parseRequest } from './parse-request.js'
import type { RecommendRequest, RecommendResponse } from './recommendation.js'

/** Limit of recommendations for one request. */
const MAX_RECOMMENDATIONS = 100_000

/** A request of many rows, whose responses arrive in batches. */
export class PendingRequest {
  readonly promise: Promise<readonly RecommendResponse[]>
  readonly rows: readonly RecommendRequest[]
  readonly #deadline: number | undefined
  readonly #responses: RecommendResponse[]
  #resolve!: (responses: readonly RecommendResponse[]) => void
  #reject!: (error: unknown) => void
  #missing: number
  #recommendations = 0
  #isOpen = true

  /** An invalid row rejects the promise. */
  constructor(request: ModelRequest) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.promise.catch(() => undefined) // the caller may await it later
    this.#deadline = request.deadline
    this.rows = this.#attempt(() => parseRows(request.input).map(parseRequest)) ?? []
    this.#missing = this.rows.length
    this.#responses = new Array<RecommendResponse>(this.rows.length)
    this.#settle()
  }

  /** Rejects the promise when the deadline has passed. Returns whether responses are still missing. */
  isOpen(): boolean {
    if (this.#isOpen) this.#attempt(() => checkDeadline(this.#deadline))
    return this.#isOpen
  }

  respond(row: number, response: RecommendResponse): void {
    if (!this.#isOpen) return
    this.#responses[row] = response
    this.#missing--
    this.#recommendations += response.recommendations.length
    this.#attempt(() => requireRecommendationLimit(this.#recommendations))
    this.#settle()
  }

  reject(error: unknown): void {
    this.#isOpen = false
    this.#reject(error)
  }

  #settle(): void {
    if (!this.#isOpen || this.#missing > 0) return
    this.#isOpen = false
    this.#resolve(this.#responses)
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.reject(error)
      return undefined
    }
  }
}

/** @throws INVALID_PARAMETER_VALUE for more recommendations than a response may have */
export function requireRecommendationLimit(recommendations: number): void {
  if (recommendations > MAX_RECOMMENDATIONS)
    throw invalid(
      `The rows request more than ${MAX_RECOMMENDATIONS} recommendations: split them into several requests.`,
    )
}
