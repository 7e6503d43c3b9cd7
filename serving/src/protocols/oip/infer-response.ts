import { invalid } from '@cairn/platform/errors'
import type { ModelDescription, ResponseBody } from '../protocol.js'
import type { InferRequest } from './infer-request.js'
import type { Tensor } from './tensor.js'
import { toBytes } from './tensor-bytes.js'

/** @throws INVALID_PARAMETER_VALUE for a requested output that the predictions do not contain */
export function formatInferResponse(
  tensors: readonly Tensor[],
  { id, outputs, isBinary }: InferRequest,
  { name, version }: ModelDescription,
): ResponseBody {
  const selected = outputs
    ? outputs.map((output) => ({
        tensor: findTensor(tensors, output.name),
        isBinary: output.isBinary ?? isBinary,
      }))
    : tensors.map((tensor) => ({ tensor, isBinary }))
  const binary: Uint8Array[] = []
  const texts = selected.map(({ tensor, isBinary }) => {
    if (!isBinary) return formatTensor(tensor, `"data":${formatData(tensor)}`)
    const bytes = toBytes(tensor)
    binary.push(bytes)
    return formatTensor(tensor, `"parameters":{"binary_data_size":${bytes.length}}`)
  })
  const head = JSON.stringify({ model_name: name, model_version: version, ...(id !== undefined && { id }) })
  const json = `${head.slice(0, -1)},"outputs":[${texts.join(',')}]}`
  if (binary.length === 0) return { contentType: 'application/json', body: json }
  const bytes = Buffer.from(json)
  return {
    contentType: 'application/octet-stream',
    body: Buffer.concat([bytes, ...binary]),
    jsonLength: bytes.length,
  }
}

function findTensor(tensors: readonly Tensor[], name: string): Tensor {
  const tensor = tensors.find((one) => one.name === name)
  if (tensor) return tensor
  const names = tensors.map((one) => `'${one.name}'`).join(', ')
  throw invalid(`The model has no output '${name}'; its outputs: ${names}.`)
}

function formatTensor({ name, datatype, shape }: Tensor, field: string): string {
  return `${JSON.stringify({ name, datatype, shape }).slice(0, -1)},${field}}`
}

/** Integers beyond 2^53 are text in the tensor and numbers in JSON, which has no limit of digits. */
const formatData = ({ datatype, data }: Tensor): string =>
  datatype === 'INT64' || datatype === 'UINT64' ? `[${data.join(',')}]` : JSON.stringify(data)
