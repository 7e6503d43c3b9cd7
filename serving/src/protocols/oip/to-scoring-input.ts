import type { Column } from '@cairn/flavors/mlmodel/signature'
import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { invalid } from '@cairn/platform/errors'
import type { ModelDescription } from '../protocol.js'
import type { InferRequest } from './infer-request.js'
import type { Tensor } from './tensor.js'

/**
 * Converts tensors to the input of a model: to a data frame for a model of columns, otherwise to named arrays. A data frame
 * is one tensor per column, or one tensor of rows × columns.
 *
 * @throws INVALID_PARAMETER_VALUE naming the input
 */
export function toScoringInput(request: InferRequest, model: ModelDescription): ScoringInput {
  const columns = model.signature?.inputs ?? []
  const [only, second] = request.inputs
  if (!request.isFrame && takesTensors(model)) {
    if (columns.length !== 1 || columns[0]!.name !== undefined || second) return toNamedArrays(request.inputs)
    return { inputs: nest(only!) }
  }
  const names = columns.map(({ name }, at) => name ?? String(at))
  if (second || only!.shape.length !== 2 || names.includes(only!.name))
    return toFrame(request.inputs, columns)
  if (columns.length === 0)
    return request.isFrame ? toFrame(request.inputs, columns) : { inputs: nest(only!) }
  if (only!.shape[1] !== columns.length)
    throw invalid(`Input '${only!.name}' has ${only!.shape[1]} columns; the model takes ${columns.length}.`)
  return { dataframe_split: { columns: names, data: nest(only!) } }
}

/** Without a signature only graphs take tensors; other models take tables. */
function takesTensors({ signature, flavor }: ModelDescription): boolean {
  const inputs = signature?.inputs ?? []
  return inputs.length === 0 ? flavor === 'onnx' : inputs.every(({ type }) => type === 'tensor')
}

const toNamedArrays = (tensors: readonly Tensor[]): ScoringInput => ({
  inputs: Object.fromEntries(tensors.map((tensor) => [tensor.name, nest(tensor)])),
})

function toFrame(tensors: readonly Tensor[], columns: readonly Column[]): ScoringInput {
  const cells = tensors.map((tensor) => {
    const column = columns.find(({ name }) => name === tensor.name)
    return column?.type === 'array' ? toListCells(tensor) : toCells(tensor)
  })
  const rows = cells[0]!.length
  const odd = cells.findIndex((list) => list.length !== rows)
  if (odd >= 0)
    throw invalid(
      `Input '${tensors[odd]!.name}' has ${cells[odd]!.length} rows where '${tensors[0]!.name}' has ${rows}.`,
    )
  return {
    dataframe_split: {
      columns: tensors.map(({ name }) => name),
      data: Array.from({ length: rows }, (_, row) => cells.map((list) => list[row])),
    },
  }
}

/** A tensor [n] or [n, 1] has a scalar for each row, others a list. */
function toCells(tensor: Tensor): readonly unknown[] {
  const [rows, ...rest] = tensor.shape
  if (rows === undefined || (rest.length === 1 && rest[0] === 1)) return tensor.data
  return nest(tensor) as unknown[]
}

/** A tensor [n] is one list, such as a history. */
const toListCells = (tensor: Tensor): readonly unknown[] =>
  tensor.shape.length < 2 ? [tensor.data] : (nest(tensor) as unknown[])

/** Returns nested lists of the tensor's shape. */
function nest({ data, shape }: Tensor): unknown {
  let nested = data
  for (const length of shape.slice(1).reverse())
    nested = Array.from({ length: nested.length / length }, (_, at) =>
      nested.slice(at * length, (at + 1) * length),
    )
  return shape.length === 0 ? nested[0] : nested
}
