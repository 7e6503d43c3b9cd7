import { parseParams } from '@cairn/flavors/scoring-protocol/params'
import { type Row, requireRowLimit } from '@cairn/flavors/scoring-protocol/scoring-input'
import type { ModelDescription, Protocol, RequestBody, ResponseBody } from '../protocol.js'
import { type ArrangedInputs, arrangeInputs, countRows } from './arrange-inputs.js'
import { parseInferRequest } from './infer-request.js'
import { formatInferResponse } from './infer-response.js'
import { toTensors } from './output-tensors.js'
import type { Tensor } from './tensor.js'
import { toScoringInput } from './to-scoring-input.js'

/** Inference requests of the Open Inference Protocol v2 in JSON, and with its binary tensor extension. */
export const openInference: Protocol = {
  read(body, model) {
    const { inputs, write, ...request } = readTensors(body, model)
    return {
      ...request,
      input: toScoringInput(inputs),
      write: (predictions) => write(toTensors(predictions, model.signature)),
    }
  },
}

export interface TensorRequest {
  readonly inputs: ArrangedInputs
  readonly rows: number
  readonly params?: Row
  readonly clientRequestId?: string
  /** @throws INVALID_PARAMETER_VALUE for a requested output that is not among the tensors */
  write(outputs: readonly Tensor[]): ResponseBody
}

/** @throws INVALID_PARAMETER_VALUE, UNSUPPORTED_MEDIA_TYPE or PAYLOAD_TOO_LARGE, without values of the request */
export function readTensors(body: RequestBody, model: ModelDescription): TensorRequest {
  const request = parseInferRequest(body)
  const inputs = arrangeInputs(request, model)
  const rows = countRows(inputs)
  requireRowLimit(rows)
  const params = parseParams(request.parameters, model.signature?.params)
  return {
    inputs,
    rows,
    ...(params && { params }),
    ...(request.id !== undefined && { clientRequestId: request.id }),
    write: (outputs) => formatInferResponse(outputs, request, model),
  }
}
