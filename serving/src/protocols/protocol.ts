import type { Signature } from '@cairn/flavors/mlmodel/signature'
import type { Row, ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'

/** The body of a request as it was received. */
export interface RequestBody {
  readonly bytes: Uint8Array
  /** The same bytes as they arrived, which need not be joined. */
  readonly chunks?: readonly Uint8Array[]
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
  /** The header `Inference-Header-Content-Length` of the Open Inference Protocol. */
  readonly jsonLength?: number | undefined
}

export interface ResponseBody {
  readonly contentType: string
  readonly body: string | Uint8Array
  /** Bytes of JSON before binary data, for `Inference-Header-Content-Length`. */
  readonly jsonLength?: number
}

export interface ProtocolRequest {
  readonly input: ScoringInput
  /** Parameters of the model's signature, with defaults; undefined if it has none. */
  readonly params?: Row
  readonly rows: number
  readonly clientRequestId?: string
  /** Formats the predictions of the model. @throws INVALID_PARAMETER_VALUE for a requested output that they do not contain */
  write(predictions: unknown): ResponseBody
}

export interface ModelDescription {
  readonly name: string
  readonly version: string
  readonly signature?: Signature
  readonly flavor: string
}

/** A wire protocol of inference: pure functions from bytes to the input of a model, and from its predictions to bytes. */
export interface Protocol {
  /** @throws INVALID_PARAMETER_VALUE, UNSUPPORTED_MEDIA_TYPE or PAYLOAD_TOO_LARGE, without values of the request */
  read(body: RequestBody, model: ModelDescription): ProtocolRequest
}
