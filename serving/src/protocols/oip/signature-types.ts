import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import { type DatatypeName, isDatatype } from './datatypes.js'

const COLUMN_TYPES: Readonly<Record<string, DatatypeName>> = {
  boolean: 'BOOL',
  integer: 'INT32',
  long: 'INT64',
  float: 'FP32',
  double: 'FP64',
}

const NUMPY_KINDS: Readonly<Record<string, string>> = { float: 'FP', int: 'INT', uint: 'UINT' }

/** Returns the datatype of a column or tensor; text and nested values are BYTES, and half precision is not written. */
export function datatypeOf(column: Column): DatatypeName {
  if (column.type !== 'tensor') return COLUMN_TYPES[column.type] ?? 'BYTES'
  const dtype = column['tensor-spec']?.dtype ?? ''
  if (dtype === 'bool') return 'BOOL'
  const [, kind = '', bits = ''] = /^(float|int|uint)(\d+)$/.exec(dtype) ?? []
  if (dtype === 'float16') return 'FP32'
  const name = `${NUMPY_KINDS[kind]}${bits}`
  return isDatatype(name) ? name : 'BYTES'
}

/** The only unnamed output is `predict`. */
export const outputName = ({ name }: Column, at: number) => name ?? (at === 0 ? 'predict' : `predict-${at}`)

export const outputsOf = (signature: Signature | undefined): readonly Column[] => signature?.outputs ?? []
