import { invalid } from '@cairn/platform/errors'
import type { Signature } from '../mlmodel/signature.js'
import type { Frame, ModelInput } from '../scoring-protocol/model-input.js'
import type { TensorSpec, Tensors } from './session.js'
import { requireShape, tensorOf } from './tensor.js'

/**
 * The tensors of a request as `mlflow.onnx` feeds them: of a data frame all columns to the only input, else each
 * column to the input of its name.
 *
 * @throws INVALID_PARAMETER_VALUE naming the input, before the graph sees it
 */
export function feedsOf(input: ModelInput, specs: readonly TensorSpec[], signature?: Signature): Tensors {
  const feeds = Object.fromEntries(
    specs.map((spec) => [spec.name, tensorOf(valueFor(spec, input, specs), spec)]),
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
      return specs.length === 1 ? matrixOf(input.frame) : columnOf(input.frame, name)
    case 'array':
      if (specs.length > 1)
        throw invalid(`The model takes ${specs.length} inputs, each by its name: ${names}.`)
      return input.array
    default: {
      const unknown = Object.keys(input.tensors).find((key) => !specs.some((spec) => spec.name === key))
      if (unknown !== undefined) throw invalid(`The model has no input '${unknown}': it takes ${names}.`)
      if (!Object.hasOwn(input.tensors, name)) throw missing(name)
      return input.tensors[name]
    }
  }
}

/** Rows × columns; one column of lists is rows × the list. */
function matrixOf({ columns, rows }: Frame): readonly unknown[] {
  const lists = [...columns.values()]
  if (lists.length === 1 && lists[0]!.some(Array.isArray)) return lists[0]!
  return Array.from({ length: rows }, (_, row) => lists.map((list) => list[row]))
}

function columnOf({ columns }: Frame, name: string): readonly unknown[] {
  const column = columns.get(name)
  if (!column) throw missing(name)
  return column
}

const missing = (name: string) => invalid(`The request misses the input '${name}'.`)
