import { ApiError } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import { EndpointBusyError } from '../endpoint-busy-error.js'
import { receivedBody } from '../request-body/request-body.js'
import type { RecordedQuery } from './payload-row.js'
import type { CaptureSettings } from './settings.js'

interface ServedVersion {
  readonly entity: { readonly name: string }
  readonly version: string
}

interface RecordedAnswer {
  readonly response: { readonly body: string | Uint8Array }
  readonly clientRequestId?: string | undefined
}

/** Records a query from its start to its outcome. */
export class QueryRecording {
  readonly #add: (query: RecordedQuery) => void
  readonly #settings: CaptureSettings
  readonly #request: FastifyRequest
  readonly #startedAt = Date.now()
  readonly #begun = performance.now()

  constructor(add: (query: RecordedQuery) => void, settings: CaptureSettings, request: FastifyRequest) {
    this.#add = add
    this.#settings = settings
    this.#request = request
  }

  answered(served: ServedVersion, { response, clientRequestId }: RecordedAnswer): void {
    this.#record(served, 200, response.body, clientRequestId)
  }

  /**
   * Refusals of a busy endpoint are not recorded: most come before the body is read, and writing rows would prolong an overload.
   *
   * @param toBody the error in the protocol of the query
   */
  failed(served: ServedVersion | undefined, error: unknown, toBody: (message: ApiError) => object): void {
    if (error instanceof EndpointBusyError) return
    const known = error instanceof ApiError ? error : new ApiError('INTERNAL_ERROR', 'The query failed.')
    this.#record(served, known.statusCode, JSON.stringify(toBody(known)))
  }

  #record(
    served: ServedVersion | undefined,
    status: number,
    response: string | Uint8Array,
    clientRequestId?: string,
  ): void {
    const { id, principal, body } = this.#request
    this.#add({
      settings: this.#settings,
      requestId: id,
      requester: principal.name,
      startedAt: this.#startedAt,
      durationMs: performance.now() - this.#begun,
      status,
      request: receivedBody(body).bytes,
      response,
      clientRequestId,
      served: served && { entity: served.entity.name, version: served.version },
    })
  }
}

/** @returns undefined if recording is off or the query is not in the sample */
export const startRecording = (
  add: (query: RecordedQuery) => void,
  settings: CaptureSettings | undefined,
  request: FastifyRequest,
): QueryRecording | undefined =>
  settings && (settings.samplingFraction === 1 || Math.random() < settings.samplingFraction)
    ? new QueryRecording(add, settings, request)
    : undefined
