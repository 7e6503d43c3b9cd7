import type { StatementManifest } from '@cairn/platform/protocol/databricks/statements'
import type { TableData } from '../artifacts/json-table.js'

/** Sums of integers are decimals. */
const EXACT = ['BYTE', 'SHORT', 'INT', 'LONG', 'DECIMAL']
const NUMBERS = [...EXACT, 'FLOAT', 'DOUBLE']

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
  const isLarge = EXACT.includes(type) && /^-?\d+$/.test(value) && !Number.isSafeInteger(number)
  return isLarge ? BigInt(value) : number
}
