import { isRow, type Row } from '@cairn/flavors/scoring-protocol/scoring-input'
import { invalid } from '@cairn/platform/errors'
import { decodeText, decompress } from '../body-bytes.js'
import { parseJson, replaceOutsideStrings } from '../json-text.js'
import { requireMediaType } from '../media-type.js'
import type { RequestBody } from '../protocol.js'
import { BinaryData } from './binary-data.js'
import { parseTensor, type Tensor } from './tensor.js'

export interface InferRequest {
  readonly id?: string
  readonly parameters: Row
  readonly inputs: readonly Tensor[]
  /** True if the inputs are the columns of a data frame, which MLServer's clients mark. */
  readonly isFrame: boolean
  /** Undefined for all. */
  readonly outputs?: readonly RequestedOutput[]
  /** True if outputs are binary by default. */
  readonly isBinary: boolean
}

export interface RequestedOutput {
  readonly name: string
  readonly isBinary?: boolean
}

/** Clients send binary requests as octet-stream or without a type. */
const MEDIA_TYPES = ['application/json', 'application/octet-stream', '']

/** @throws INVALID_PARAMETER_VALUE naming the input or output */
export function parseInferRequest(body: RequestBody): InferRequest {
  requireMediaType(body.contentType, MEDIA_TYPES)
  const bytes = decompress(body.bytes, body.contentEncoding)
  const { jsonLength = bytes.length } = body
  if (!Number.isSafeInteger(jsonLength) || jsonLength < 0 || jsonLength > bytes.length)
    throw invalid('Inference-Header-Content-Length must be the number of bytes of JSON in the body.')
  const request = parseJson(withExactIntegers(decodeText(bytes.subarray(0, jsonLength))))
  if (!isRow(request)) throw invalid("The request body must be an object with 'inputs'.")
  const { id } = request
  if (id !== undefined && typeof id !== 'string') throw invalid("'id' must be text.")
  const parameters = parseParameters(request.parameters, 'parameters')
  const inputs = parseInputs(request.inputs, new BinaryData(bytes.subarray(jsonLength)))
  const outputs = parseOutputs(request.outputs)
  return {
    ...(id !== undefined && { id }),
    parameters,
    inputs,
    isFrame: parameters.content_type === 'pd',
    ...(outputs && { outputs }),
    isBinary: parameters.binary_data_output === true,
  }
}

/** JSON.parse rounds integers beyond 2^53, so they are parsed as text. */
const withExactIntegers = (text: string): string =>
  /\d{16}/.test(text) ? replaceOutsideStrings(text, LONG_INTEGER, (digits) => `"${digits}"`) : text

/** Bounded, because a match of millions of digits overflows the stack. */
const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,400}(?![\d.eE])/g

function parseParameters(value: unknown, path: string): Row {
  if (value === undefined || value === null) return {}
  if (!isRow(value)) throw invalid(`'${path}' must be an object.`)
  return value
}

/** pandas needs seconds for a data frame with more columns. */
const MAX_INPUTS = 10_000

function parseInputs(value: unknown, binary: BinaryData): Tensor[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid("'inputs' must be a list of tensors.")
  if (value.length > MAX_INPUTS)
    throw invalid(`'inputs' may have at most ${MAX_INPUTS} tensors, got ${value.length}.`)
  const inputs = value.map((input, at) => parseTensor(input, at, binary))
  binary.end()
  requireUnique(inputs, 'inputs')
  return inputs
}

function parseOutputs(value: unknown): RequestedOutput[] | undefined {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return undefined
  if (!Array.isArray(value)) throw invalid("'outputs' must be a list.")
  const outputs = value.map((output: unknown, at) => {
    if (!isRow(output) || typeof output.name !== 'string')
      throw invalid(`'outputs[${at}]' must be an object with a name.`)
    const { binary_data, classification } = parseParameters(output.parameters, `outputs[${at}].parameters`)
    if (classification !== undefined) throw invalid(`'outputs[${at}]': classification is not supported.`)
    return { name: output.name, ...(typeof binary_data === 'boolean' && { isBinary: binary_data }) }
  })
  requireUnique(outputs, 'outputs')
  return outputs
}

function requireUnique(tensors: readonly { readonly name: string }[], path: string): void {
  const names = new Set<string>()
  for (const { name } of tensors)
    if (names.size === names.add(name).size) throw invalid(`'${path}' has '${name}' twice.`)
}
