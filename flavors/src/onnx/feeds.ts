import { invalid } from '@cairn/platform/errors'
import type { Signature } from '../mlmodel/signature.js'
import type { Frame, ModelInput } from '../scoring-protocol/model-input.js'
import type { TensorSpec, Tensors } from './session.js'
import { requireShape, toTensor } from './tensor.js'

/**
 * Converts a request to input tensors like `mlflow.onnx`: a data frame is one matrix for a single input, otherwise each
 * column feeds the input of its name.
 *
 * @throws INVALID_PARAMETER_VALUE naming the invalid input
 */
export function buildFeeds(input: ModelInput, specs: readonly TensorSpec[], signature?: Signature): Tensors {
  const feeds = Object.fromEntries(
    specs.map((spec) => [spec.name, toTensor(valueFor(spec, input, specs), spec)]),
  )
  for (const { name, 'tensor-spec': declared } of signature?.inputs ?? []) {
    const feed = feeds[name ?? specs[0]!.name]
    if (declared && feed) requireShape(feed.dims, declared.shape, name ?? specs[0]!.name)
  }
  return feeds
}

function valueFor({ name }: TensorSpec, input: ModelInput, specs: readonly TensorSpec[]): unknown {
  const names = specs.map((spec) => `'${spec.name}'`).join(', ')
  switch (input.kind) {
    case 'frame':
      return specs.length === 1 ? toMatrix(input.frame) : getColumn(input.frame, name)
    case 'array':
      if (specs.length > 1) throw invalid(`The model takes ${specs.length} named inputs: ${names}.`)
      return input.array
    default: {
      const unknown = Object.keys(input.tensors).find((key) => !specs.some((spec) => spec.name === key))
      if (unknown !== undefined) throw invalid(`The model has no input '${unknown}'; its inputs: ${names}.`)
      if (!Object.hasOwn(input.tensors, name)) throw missing(name)
      return input.tensors[name]
    }
  }
}

/** Returns rows × columns; a single column of lists is rows × list. */
function toMatrix({ columns, rows }: Frame): readonly unknown[] {
  const lists = [...columns.values()]
  if (lists.length === 1 && lists[0]!.some(Array.isArray)) return lists[0]!
  return Array.from({ length: rows }, (_, row) => lists.map((list) => list[row]))
}

function getColumn({ columns }: Frame, name: string): readonly unknown[] {
  const column = columns.get(name)
  if (!column) throw missing(name)
  return column
}

const missing = (name: string) => invalid(`Missing input '${name}'.`)
