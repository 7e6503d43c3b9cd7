import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import type { Row } from '@cairn/flavors/scoring-protocol/scoring-input'
import { parseJson, replaceOutsideStrings } from '../protocols/json-text.js'
import type { ArrangedInputs } from '../protocols/oip/arrange-inputs.js'
import { castTensor, declaredOutputs, toTensor, toTensors } from '../protocols/oip/output-tensors.js'
import type { Tensor } from '../protocols/oip/tensor.js'
import { BinaryTensor, toBytes } from '../protocols/oip/tensor-bytes.js'
import type { RequestBody, ResponseBody } from '../protocols/protocol.js'

/** The Content-Type of tensors between this process and `serve.py`: JSON that describes them, and their bytes. */
export const TENSORS = 'application/octet-stream'

type FixedSize = BinaryTensor['datatype']

/** One array in a message. Texts, and predictions of other types, are JSON. */
interface Part {
  /** Null for the only output of a model. */
  readonly name: string | null
  readonly datatype: FixedSize | 'JSON'
  readonly shape: readonly number[]
  /** Bytes. */
  readonly size: number
}

/** Writes the arrays of a request for Python. */
export function writeTensors(inputs: ArrangedInputs, params: Row | undefined): RequestBody {
  const { kind } = inputs
  const tensors = tensorsOf(inputs)
  const bytes = tensors.map(toPythonBytes)
  const head = Buffer.from(
    JSON.stringify({
      kind,
      params,
      ...(kind === 'matrix' && { columns: inputs.columns }),
      ...(kind === 'frame' && { list_columns: inputs.columns.map(({ isList }) => isList) }),
      tensors: tensors.map(({ name, datatype, shape }, at) => ({
        name,
        shape,
        datatype: pythonDatatype(datatype, tensors[at]!),
        size: bytes[at]!.byteLength,
      })),
    }),
  )
  return {
    contentType: TENSORS,
    jsonLength: head.byteLength,
    bytes: concatenate([head, ...bytes]),
  }
}

function tensorsOf(inputs: ArrangedInputs): readonly Tensor[] {
  if (inputs.kind === 'frame') return inputs.columns.map(({ tensor }) => tensor)
  return inputs.kind === 'named_arrays' ? inputs.tensors : [inputs.tensor]
}

/** A list of half precision has more digits than its datatype. */
const pythonDatatype = (datatype: Tensor['datatype'], { bytes }: Tensor): Part['datatype'] => {
  if (datatype === 'BYTES') return 'JSON'
  return datatype === 'FP16' && !bytes ? 'FP32' : datatype
}

function toPythonBytes(tensor: Tensor): Uint8Array {
  const datatype = pythonDatatype(tensor.datatype, tensor)
  if (datatype === 'JSON') return Buffer.from(JSON.stringify(tensor.data))
  return toBytes(datatype === tensor.datatype ? tensor : { ...tensor, datatype })
}

/** Owns its memory, so that it can be transferred to another thread. */
function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

/** Reads the predictions of a model in Python: arrays, or MLflow's JSON when they are of another kind. */
export function readPredictions(
  { contentType, body, jsonLength }: ResponseBody,
  signature: Signature | undefined,
): Tensor[] {
  if (contentType !== TENSORS) {
    const { predictions } = parsePython(String(body)) as { predictions: unknown }
    return toTensors(predictions, signature)
  }
  const bytes = body as Uint8Array
  const parts = JSON.parse(Buffer.from(bytes.subarray(0, jsonLength)).toString()) as readonly Part[]
  const declared = declaredOutputs(signature)
  const [[only = 'predict', column] = []] = declared
  let end = jsonLength!
  return parts.map((part) => {
    const start = end
    end += part.size
    const content = bytes.subarray(start, end)
    return part.name === null
      ? readPart({ ...part, name: only }, content, column)
      : readPart({ ...part, name: part.name }, content, declared.get(part.name))
  })
}

/** Python writes infinities, which are missing values in JSON. */
const parsePython = (json: string) =>
  parseJson(json.includes('Infinity') ? replaceOutsideStrings(json, /-?Infinity/g, () => 'null') : json)

function readPart(
  { name, datatype, shape }: Part & { readonly name: string },
  bytes: Uint8Array,
  column: Column | undefined,
): Tensor {
  if (datatype === 'JSON') return toTensor(name, parsePython(Buffer.from(bytes).toString()), column)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return castTensor(new BinaryTensor(name, datatype, shape, view), column)
}
