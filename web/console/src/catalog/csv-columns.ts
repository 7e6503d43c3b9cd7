import type { Input } from '@cairn/platform/protocol/operation'
import type { CreateTableFromCsv } from '@cairn/platform/protocol/tables'
import Papa from 'papaparse'

type CsvInput = Input<typeof CreateTableFromCsv>
export type CsvType = CsvInput['columns'][number]['type_name']
export type Delimiter = NonNullable<CsvInput['delimiter']>

export interface CsvColumn {
  readonly name: string
  readonly type_name: CsvType
}

export interface ParsedCsv {
  readonly columns: readonly CsvColumn[]
  /** The first rows. */
  readonly sample: readonly (readonly string[])[]
  readonly rows: number
  readonly delimiter: Delimiter
}

const SAMPLE_ROWS = 5
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']

/** From the narrowest to the widest; texts fit the last one only. A number with a leading zero is a code. */
const PATTERNS: readonly (readonly [CsvType, RegExp])[] = [
  ['BOOLEAN', /^(?:true|false)$/i],
  ['LONG', /^[+-]?(?:0|[1-9]\d{0,17})$/],
  ['DOUBLE', /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i],
  ['DATE', /^\d{4}-\d{2}-\d{2}$/],
  ['TIMESTAMP', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/],
]
export const CSV_TYPES: readonly CsvType[] = [...PATTERNS.map(([type]) => type), 'STRING']

/** The columns of a CSV file, with the narrowest types that fit all values. Undefined without a header and a row. */
export function parsedCsv(text: string): ParsedCsv | undefined {
  const { data, meta } = Papa.parse<string[]>(text, {
    delimitersToGuess: [...DELIMITERS],
    skipEmptyLines: true,
  })
  const [header, ...rows] = data
  if (!header || rows.length === 0) return undefined
  return {
    columns: columnNames(header).map((name, index) => ({ name, type_name: typeOf(rows, index) })),
    sample: rows.slice(0, SAMPLE_ROWS),
    rows: rows.length,
    delimiter: DELIMITERS.find((one) => one === meta.delimiter) ?? ',',
  }
}

function typeOf(rows: readonly (readonly string[])[], index: number): CsvType {
  const values = rows.flatMap((row) => row[index] || [])
  if (values.length === 0) return 'STRING'
  return PATTERNS.find(([, pattern]) => values.every((value) => pattern.test(value)))?.[0] ?? 'STRING'
}

/** Names of columns are not empty and differ, also by case. */
function columnNames(header: readonly string[]): string[] {
  const taken = new Set<string>()
  return header.map((text, index) => {
    const base = text.trim() || `column_${index + 1}`
    let name = base
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}_${number}`
    taken.add(name.toLowerCase())
    return name
  })
}

/** A name for the table of a file: `Films 2024.csv` → `films_2024`. */
export const tableNameOf = (fileName: string) =>
  fileName
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
