import { invalid } from '@cairn/platform/errors'
import type { ModelDescription } from '../protocol.js'
import type { InferRequest } from './infer-request.js'
import type { Tensor } from './tensor.js'

/** The tensors of a request as a model takes them. */
export type ArrangedInputs =
  | { readonly kind: 'array'; readonly tensor: Tensor }
  | { readonly kind: 'named_arrays'; readonly tensors: readonly Tensor[] }
  /** A data frame in one tensor of rows × columns. */
  | { readonly kind: 'matrix'; readonly tensor: Tensor; readonly columns: readonly string[] }
  | { readonly kind: 'frame'; readonly columns: readonly FrameColumn[] }

export interface FrameColumn {
  readonly tensor: Tensor
  /** True if a cell is a list, such as a history: a tensor [n] is one row then. */
  readonly isList: boolean
}

/**
 * Arranges tensors for a model: in a data frame for a model of columns, otherwise in arrays. A data frame is one tensor per
 * column, or one tensor of rows × columns.
 *
 * @throws INVALID_PARAMETER_VALUE naming the input
 */
export function arrangeInputs(request: InferRequest, model: ModelDescription): ArrangedInputs {
  const columns = model.signature?.inputs ?? []
  const [only, second] = request.inputs
  if (!request.isFrame && takesTensors(model)) {
    if (columns.length !== 1 || columns[0]!.name !== undefined || second)
      return { kind: 'named_arrays', tensors: request.inputs }
    return { kind: 'array', tensor: only! }
  }
  const names = columns.map(({ name }, at) => name ?? String(at))
  if (second || only!.shape.length !== 2 || names.includes(only!.name))
    return arrangeFrame(request.inputs, model)
  if (columns.length === 0)
    return request.isFrame ? arrangeFrame(request.inputs, model) : { kind: 'array', tensor: only! }
  if (only!.shape[1] !== columns.length)
    throw invalid(`Input '${only!.name}' has ${only!.shape[1]} columns; the model takes ${columns.length}.`)
  return { kind: 'matrix', tensor: only!, columns: names }
}

/** Returns the rows that the model predicts. */
export function countRows(inputs: ArrangedInputs): number {
  if (inputs.kind === 'frame') return rowsOf(inputs.columns[0]!)
  const [first = 1] = (inputs.kind === 'named_arrays' ? inputs.tensors[0]! : inputs.tensor).shape
  return first
}

/** Without a signature only graphs take tensors; other models take tables. */
function takesTensors({ signature, flavor }: ModelDescription): boolean {
  const inputs = signature?.inputs ?? []
  return inputs.length === 0 ? flavor === 'onnx' : inputs.every(({ type }) => type === 'tensor')
}

function arrangeFrame(tensors: readonly Tensor[], { signature }: ModelDescription): ArrangedInputs {
  const columns = tensors.map((tensor) => {
    const column = signature?.inputs?.find(({ name }) => name === tensor.name)
    return { tensor, isList: column?.type === 'array' }
  })
  const rows = rowsOf(columns[0]!)
  const odd = columns.find((column) => rowsOf(column) !== rows)
  if (odd)
    throw invalid(
      `Input '${odd.tensor.name}' has ${rowsOf(odd)} rows where '${tensors[0]!.name}' has ${rows}.`,
    )
  return { kind: 'frame', columns }
}

const rowsOf = ({ tensor: { shape }, isList }: FrameColumn) =>
  isList && shape.length < 2 ? 1 : (shape[0] ?? 1)
