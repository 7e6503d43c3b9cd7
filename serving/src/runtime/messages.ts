import type { RequestBody, ResponseBody } from '../protocols/protocol.js'
import type { ProtocolName } from '../protocols/protocols.js'
import type { PredictionError } from './prediction-error.js'

/** A request to a model. */
export interface ModelQuery {
  readonly protocol: ProtocolName
  readonly body: RequestBody
  /** The endpoint and the version of the model, as some protocols repeat them in the response. */
  readonly name: string
  readonly version: string
}

/** The message to a model in another thread or process, which answers with a `PredictionResponse` of the same id. */
export interface PredictionRequest extends ModelQuery {
  readonly id: number
  /** Milliseconds since the epoch, after which the caller has given up. */
  readonly deadline: number
}

export type PredictionResponse =
  | {
      readonly id: number
      readonly response: ResponseBody
      readonly rows: number
      readonly clientRequestId?: string
    }
  | { readonly id: number; readonly error: PredictionError }
