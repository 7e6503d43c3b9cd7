import type { ServableModel } from '@cairn/flavors/load'
import { ApiError } from '@cairn/platform/errors'
import type { ModelDescription, ProtocolRequest } from '../protocols/protocol.js'
import { PROTOCOLS } from '../protocols/protocols.js'
import type { PredictionRequest, PredictionResponse } from './messages.js'
import { toPredictionError } from './prediction-error.js'

/** A request with less time than this left is late. */
const LATE_MS = 1_000

/** A loaded model, independent of the entities that serve it. */
export interface LoadedModel extends Omit<ModelDescription, 'name' | 'version'> {
  /** A request body in MLflow's protocol. */
  readonly inputExample?: unknown
}

interface ReadRequest {
  readonly id: number
  readonly deadline: number
  readonly request: ProtocolRequest
}

/**
 * Answers requests with a model. Those that came while the model was busy are one batch for it, and responses that are ready
 * at the same time are sent together. Requests do not affect each other.
 */
export class Responder {
  readonly #model: ServableModel
  readonly #description: LoadedModel
  readonly #send: (responses: readonly PredictionResponse[]) => void
  #inbox: PredictionRequest[] = []
  #outbox: PredictionResponse[] = []

  constructor(
    model: ServableModel,
    description: LoadedModel,
    send: (responses: readonly PredictionResponse[]) => void,
  ) {
    this.#model = model
    this.#description = description
    this.#send = send
  }

  add(requests: readonly PredictionRequest[]): void {
    if (this.#inbox.length === 0) setImmediate(() => this.#respond())
    this.#inbox.push(...requests)
  }

  #respond() {
    const requests = this.#inbox
    this.#inbox = []
    const read = requests.flatMap((request) => this.#read(request) ?? [])
    const late = this.#model.fallback ? read.filter(isLate) : []
    for (const one of late) void this.#answer(one, this.#fallback(one))
    const timely = late.length > 0 ? read.filter((one) => !late.includes(one)) : read
    const predictions = this.#model.predict(timely.map(modelRequest))
    for (const [n, one] of timely.entries()) void this.#answer(one, predictions[n]!)
  }

  /** A recommender answers a late request with a fallback that costs nothing. */
  async #fallback(request: ReadRequest): Promise<unknown> {
    return this.#model.fallback!(modelRequest(request))
  }

  /** Rejects a request that is too late or not valid. */
  #read({ id, deadline, protocol, body, name, version }: PredictionRequest): ReadRequest | undefined {
    try {
      if (Date.now() > deadline)
        throw new ApiError('DEADLINE_EXCEEDED', 'The deadline of the request has passed.')
      return {
        id,
        deadline,
        request: PROTOCOLS[protocol].read(body, { name, version, ...this.#description }),
      }
    } catch (error) {
      this.#put({ id, error: toPredictionError(error) })
      return undefined
    }
  }

  async #answer({ id, request }: ReadRequest, prediction: Promise<unknown>) {
    try {
      const response = request.write(await prediction)
      const { rows, clientRequestId } = request
      this.#put({ id, response, rows, ...(clientRequestId !== undefined && { clientRequestId }) })
    } catch (error) {
      this.#put({ id, error: toPredictionError(error) })
    }
  }

  #put(response: PredictionResponse) {
    if (this.#outbox.length === 0) setImmediate(() => this.#flush())
    this.#outbox.push(response)
  }

  #flush() {
    const responses = this.#outbox
    this.#outbox = []
    this.#send(responses)
  }
}

const isLate = ({ deadline }: ReadRequest) => deadline - Date.now() < LATE_MS

const modelRequest = ({ deadline, request: { input, params } }: ReadRequest) => ({
  input,
  deadline,
  ...(params && { params }),
})
