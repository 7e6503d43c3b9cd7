import { invalid } from '@cairn/platform/errors'
import { idColumn, numberListColumn, readArrowFile, textColumn, writeArrowFile } from '../arrow/arrow-file.js'
import { ArrowColumnReader } from '../arrow/column-reader.js'
import type { Id } from '../id.js'
import type { Plan } from './plan.js'
import type { Traits } from './traits.js'

/** `item_id`; numbers as lists of float32, empty if unknown; labels as text. */
export const TRAITS_FILE = 'traits.arrow'

export function writeTraits(ids: readonly Id[], { numbers, labels }: Traits): Uint8Array {
  const columns = [
    ...Object.entries(numbers).map(([name, column]) => [name, optionalNumberColumn(column)] as const),
    ...Object.entries(labels).map(([name, column]) => [name, textColumn(column)] as const),
  ]
  return writeArrowFile(ids.length, { item_id: idColumn(ids), ...Object.fromEntries(columns) })
}

function optionalNumberColumn(column: Float32Array) {
  const offsets = new Int32Array(column.length + 1)
  for (const [row, value] of column.entries())
    offsets[row + 1] = offsets[row]! + (Number.isNaN(value) ? 0 : 1)
  return numberListColumn(
    offsets,
    column.filter((value) => !Number.isNaN(value)),
  )
}

/**
 * Reads the traits that the plan names, for the items `ids`.
 *
 * @throws INVALID_PARAMETER_VALUE naming the missing or invalid column
 */
export function readTraits(bytes: Uint8Array, ids: readonly Id[], { numbers, gaps, labels }: Plan): Traits {
  const columns = new ArrowColumnReader(readArrowFile(bytes, TRAITS_FILE), TRAITS_FILE)
  const own = columns.ids('item_id')
  if (own.length !== ids.length || own.some((id, row) => id !== ids[row]))
    throw invalid(`${TRAITS_FILE}: item_id differs from that of the item table`)
  const read = <T>(names: readonly string[], column: (name: string) => T) =>
    Object.fromEntries(names.map((name) => [name, column(name)]))
  return {
    numbers: read([...new Set([...numbers, ...gaps])], (name) => readNumbers(columns, name)),
    labels: read(labels, (name) => columns.texts(name)),
  }
}

function readNumbers(columns: ArrowColumnReader, name: string): Float32Array {
  const { offsets, values } = columns.numberLists(name)
  return Float32Array.from({ length: offsets.length - 1 }, (_, row) => {
    const [from, to] = [offsets[row]!, offsets[row + 1]!]
    if (to - from > 1) throw invalid(`${TRAITS_FILE}: ${name} has ${to - from} values for one item`)
    return to > from ? values[from]! : Number.NaN
  })
}
