import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { type ArrangedInputs, countRows, type FrameColumn } from './arrange-inputs.js'
import type { Tensor } from './tensor.js'

/** Converts arranged tensors to the input of MLflow's protocol. */
export function toScoringInput(inputs: ArrangedInputs): ScoringInput {
  switch (inputs.kind) {
    case 'array':
      return { inputs: nest(inputs.tensor) }
    case 'named_arrays':
      return { inputs: Object.fromEntries(inputs.tensors.map((tensor) => [tensor.name, nest(tensor)])) }
    case 'matrix':
      return { dataframe_split: { columns: inputs.columns, data: nest(inputs.tensor) } }
    case 'frame': {
      const cells = inputs.columns.map(toCells)
      const data = Array.from({ length: countRows(inputs) }, (_, row) => cells.map((list) => list[row]))
      return { dataframe_split: { columns: inputs.columns.map(({ tensor }) => tensor.name), data } }
    }
  }
}

/** A tensor [n] or [n, 1] has a scalar for each row, others a list. */
function toCells({ tensor, isList }: FrameColumn): readonly unknown[] {
  const [rows, ...rest] = tensor.shape
  if (isList) return rest.length === 0 ? [tensor.data] : (nest(tensor) as unknown[])
  if (rows === undefined || (rest.length === 1 && rest[0] === 1)) return tensor.data
  return nest(tensor) as unknown[]
}

/** Returns nested lists of the tensor's shape. */
export function nest({ data, shape }: Tensor): unknown {
  let nested = data
  for (const length of shape.slice(1).reverse())
    nested = Array.from({ length: nested.length / length }, (_, at) =>
      nested.slice(at * length, (at + 1) * length),
    )
  return shape.length === 0 ? nested[0] : nested
}
