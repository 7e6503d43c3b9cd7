import { invalid } from '@cairn/platform/errors'
import type { Id } from '../id.js'
import { idColumn, listColumn, numberListColumn, readArrowFile, writeArrowFile } from './arrow-file.js'
import { ArrowColumnReader } from './column-reader.js'

/**
 * A sparse item × item matrix in CSR form: row i has `values[n]` in column `items[n]` for n in
 * offsets[i]…offsets[i + 1], columns ascending.
 */
export interface SparseRows {
  readonly offsets: Int32Array
  readonly items: Int32Array
  readonly values: Float32Array
}

/** Adds `weight` times row `row` to `into`, which has one score per item. */
export function addRow(
  { offsets, items, values }: SparseRows,
  row: number,
  weight: number,
  into: Float32Array,
): void {
  for (let n = offsets[row]!; n < offsets[row + 1]!; n++) into[items[n]!]! += weight * values[n]!
}

/** Returns the value of column `item` in row `row`, 0 if not stored. */
export function entry({ offsets, items, values }: SparseRows, row: number, item: number): number {
  let low = offsets[row]!
  let high = offsets[row + 1]!
  while (low < high) {
    const middle = (low + high) >> 1
    if (items[middle]! < item) low = middle + 1
    else high = middle
  }
  return low < offsets[row + 1]! && items[low] === item ? values[low]! : 0
}

/** Writes an Arrow file: `item_id`; `item`, lists of item-table rows; `value`, float32 lists of the same lengths. */
export const writeSparseRows = (ids: readonly Id[], { offsets, items, values }: SparseRows): Uint8Array =>
  writeArrowFile(ids.length, {
    item_id: idColumn(ids),
    item: listColumn(offsets, items),
    value: numberListColumn(offsets, values),
  })

/** @throws INVALID_PARAMETER_VALUE naming the file, also when its items differ from `ids`, those of the item table */
export function readSparseRows(bytes: Uint8Array, name: string, ids: readonly Id[]): SparseRows {
  const columns = new ArrowColumnReader(readArrowFile(bytes, name), name)
  const own = columns.ids('item_id')
  if (own.length !== ids.length || own.some((id, row) => id !== ids[row]))
    throw invalid(`${name}: item_id differs from that of the item table`)
  const { offsets, items } = columns.lists('item', ids.length)
  const weights = columns.numberLists('value')
  if (offsets.some((offset, row) => offset !== weights.offsets[row]))
    throw invalid(`${name}: item and value have lists of different lengths`)
  const rows = { offsets, items, values: weights.values }
  requireAscending(rows, name)
  return rows
}

function requireAscending({ offsets, items }: SparseRows, name: string): void {
  for (let row = 0; row + 1 < offsets.length; row++)
    for (let n = offsets[row]! + 1; n < offsets[row + 1]!; n++)
      if (items[n]! <= items[n - 1]!) throw invalid(`${name}: the items of row ${row} are not ascending`)
}
