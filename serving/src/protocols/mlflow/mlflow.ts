import { parseParams } from '@cairn/flavors/scoring-protocol/params'
import {
  isRow,
  REQUIRED_FORM,
  type Row,
  requireRowLimit,
  type ScoringInput,
} from '@cairn/flavors/scoring-protocol/scoring-input'
import { invalid } from '@cairn/platform/errors'
import { decodeText, decompress } from '../body-bytes.js'
import { parseJson } from '../json-text.js'
import { requireMediaType } from '../media-type.js'
import type { ModelDescription, Protocol, RequestBody } from '../protocol.js'
import { countRows } from './count-rows.js'
import { parseCsv } from './csv-input.js'

/** The protocol of MLflow's scoring server and of Databricks endpoints. Signatures are enforced by the models. */
export const mlflow: Protocol = {
  read(body, model) {
    const { input, ...fields } = readEnvelope(body, model)
    const rows = countRows(input, model.signature)
    requireRowLimit(rows)
    const params = parseParams(fields.params, model.signature?.params)
    return {
      input,
      rows,
      ...(params && { params }),
      ...(typeof fields.client_request_id === 'string' && { clientRequestId: fields.client_request_id }),
      write: (predictions) => ({
        contentType: 'application/json',
        body: JSON.stringify({ predictions }),
      }),
    }
  },
}

interface Envelope {
  readonly input: ScoringInput
  readonly params?: unknown
  readonly client_request_id?: unknown
}

function readEnvelope(body: RequestBody, { signature }: ModelDescription): Envelope {
  const mediaType = requireMediaType(body.contentType, ['application/json', 'text/csv'])
  const text = decodeText(decompress(body.bytes, body.contentEncoding))
  if (mediaType === 'text/csv') return { input: parseCsv(text, signature) }
  const { dataframe_split, dataframe_records, instances, inputs, params, client_request_id } = requireObject(
    parseJson(text),
  )
  const input = { dataframe_split, dataframe_records, instances, inputs } as ScoringInput
  return { input, params, client_request_id }
}

function requireObject(value: unknown): Row {
  if (isRow(value)) return value
  const received = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
  throw invalid(`${REQUIRED_FORM} Received ${received}.`)
}
