import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import { inputForm, isRow, type ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'

/**
 * Returns the number of rows of a request, before its columns are validated.
 *
 * @throws INVALID_PARAMETER_VALUE unless exactly one form is set
 */
export function countRows(input: ScoringInput, signature: Signature | undefined): number {
  const form = inputForm(input)
  const value = form === 'dataframe_split' ? input[form]!.data : input[form]
  if (Array.isArray(value)) return value.length
  if (!isRow(value) || signature?.inputs?.some(isNested)) return 1
  const lengths = Object.values(value).map((list) => (Array.isArray(list) ? list.length : 1))
  return lengths.reduce((longest, length) => Math.max(longest, length), 0)
}

/** An object for a model with columns of lists or objects is one row. */
const isNested = ({ type }: Column) => type === 'array' || type === 'object' || type === 'map'
