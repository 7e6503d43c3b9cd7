import type { DeltaField } from './columns.js'

/** DuckDB's statistics of a written file: `{ min, max, null_count, has_nan }` as text, by column. */
export type ColumnStatistics = ReadonlyMap<string, Readonly<Record<string, string | undefined>>>

const NUMBERS = new Set(['byte', 'short', 'integer', 'long', 'float', 'double'])

/**
 * Returns the statistics of a file in the format of a Delta log. Readers skip files by minimum and maximum, so only types
 * with exact bounds are included. A truncated string would hide rows.
 */
export function deltaStats(
  rows: number,
  statistics: ColumnStatistics,
  fields: readonly DeltaField[],
): string {
  const minValues: Record<string, unknown> = {}
  const maxValues: Record<string, unknown> = {}
  const nullCount: Record<string, number> = {}
  for (const { name, type } of fields) {
    const found = statistics.get(name)
    if (found?.null_count !== undefined) nullCount[name] = Number(found.null_count)
    const [min, max] = [bound(type, found?.min), bound(type, found?.max)]
    if (min === undefined || max === undefined || found?.has_nan === 'true') continue
    minValues[name] = min
    maxValues[name] = max
  }
  return JSON.stringify({ numRecords: rows, minValues, maxValues, nullCount })
}

function bound(type: DeltaField['type'], text: string | undefined): string | number | undefined {
  if (text === undefined || typeof type !== 'string') return undefined
  if (type === 'date') return text
  if (type === 'timestamp') return `${text.replace(' ', 'T').replace(/\+00$/, '')}Z`
  const number = Number(text)
  return NUMBERS.has(type) && Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER
    ? number
    : undefined
}
