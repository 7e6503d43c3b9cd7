import type { Column } from '@cairn/flavors/mlmodel/signature'
import type { ModelDescription } from '../protocol.js'
import type { DatatypeName } from './datatypes.js'
import { datatypeOf, outputName, outputsOf } from './signature-types.js'

interface TensorMetadata {
  readonly name: string
  readonly datatype: DatatypeName
  /** A length of −1 is any length. */
  readonly shape: readonly number[]
}

export interface ModelMetadata {
  readonly name: string
  readonly versions: readonly string[]
  readonly platform: string
  readonly inputs: readonly TensorMetadata[]
  readonly outputs: readonly TensorMetadata[]
}

/** Describes a model by its signature; a model without one has no inputs and outputs here. */
export const describeModel = ({ name, version, flavor, signature }: ModelDescription): ModelMetadata => ({
  name,
  versions: [version],
  platform: flavor === 'onnx' ? 'onnx_onnxv1' : `mlflow_${flavor}`,
  inputs: (signature?.inputs ?? []).map(describeInput),
  outputs: outputsOf(signature).map((column, at) => ({
    name: outputName(column, at),
    datatype: datatypeOf(column),
    shape: shapeOf(column),
  })),
})

/** A column of lists is a tensor with the lists of the rows. */
function describeInput(column: Column, at: number): TensorMetadata {
  const name = column.name ?? `input-${at}`
  if (column.type !== 'array' || !column.items)
    return { name, datatype: datatypeOf(column), shape: shapeOf(column) }
  return { name, datatype: datatypeOf(column.items), shape: [-1, -1] }
}

const shapeOf = (column: Column) => column['tensor-spec']?.shape ?? [-1]
