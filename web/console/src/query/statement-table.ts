import type { StatementManifest } from '@cairn/platform/protocol/statements'
import type { TableData } from '../artifacts/json-table.js'

const INTEGERS = ['BYTE', 'SHORT', 'INT', 'LONG']
const NUMBERS = [...INTEGERS, 'FLOAT', 'DOUBLE', 'DECIMAL']

interface StatementRows {
  readonly manifest: StatementManifest
  /** Values as text. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** The rows of a statement with numbers as numbers. */
export function toTableData({ manifest, rows }: StatementRows): TableData {
  const { columns } = manifest.schema
  return {
    columns: columns.map(({ name }) => name),
    rows: rows.map((row) => row.map((value, i) => toCell(value, columns[i]!.type_name))),
  }
}

function toCell(value: string | null, type: string): unknown {
  if (value === null || !NUMBERS.includes(type)) return value
  const number = Number(value)
  return INTEGERS.includes(type) && !Number.isSafeInteger(number) ? BigInt(value) : number
}
