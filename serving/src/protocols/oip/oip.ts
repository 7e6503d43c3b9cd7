import { parseParams } from '@cairn/flavors/scoring-protocol/params'
import { requireRowLimit } from '@cairn/flavors/scoring-protocol/scoring-input'
import type { Protocol } from '../protocol.js'
import { parseInferRequest } from './infer-request.js'
import { formatInferResponse } from './infer-response.js'
import { toScoringInput } from './to-scoring-input.js'

/** Inference requests of the Open Inference Protocol v2 in JSON, and with its binary tensor extension. */
export const openInference: Protocol = {
  read(body, model) {
    const request = parseInferRequest(body)
    const input = toScoringInput(request, model)
    const rows = countRows(request.inputs[0]!.shape, input.dataframe_split)
    requireRowLimit(rows)
    const params = parseParams(request.parameters, model.signature?.params)
    return {
      input,
      rows,
      ...(params && { params }),
      ...(request.id !== undefined && { clientRequestId: request.id }),
      write: (predictions) => formatInferResponse(predictions, request, model),
    }
  },
}

const countRows = ([first = 1]: readonly number[], split: Readonly<Record<string, unknown>> | undefined) =>
  Array.isArray(split?.data) ? split.data.length : first
