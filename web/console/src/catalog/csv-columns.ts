import type { CreateTableFromCsv } from '@cairn/platform/protocol/cairn/csv-tables'
import type { Input } from '@cairn/platform/protocol/operation'
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
const TYPES: readonly (readonly [CsvType, (value: string) => boolean])[] = [
  ['BOOLEAN', (value) => /^(?:true|false)$/i.test(value)],
  [
    'LONG',
    (value) =>
      INTEGER.test(value) && value.length <= 20 && BigInt.asIntN(64, BigInt(value)) === BigInt(value),
  ],
  ['DOUBLE', (value) => NUMBER.test(value) && !(INTEGER.test(value) && !Number.isSafeInteger(Number(value)))],
  ['DATE', (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value)],
  ['TIMESTAMP', (value) => TIME.test(value) && isDay(value.slice(0, 10))],
]
const INTEGER = /^[+-]?(?:0|[1-9]\d*)$/
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const TIME = /^\d{4}-\d{2}-\d{2}[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?$/
export const CSV_TYPES: readonly CsvType[] = [...TYPES.map(([type]) => type), 'STRING']

/** Returns whether a day exists, as 2024-02-30 does not. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

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
  return TYPES.find(([, fits]) => values.every(fits))?.[0] ?? 'STRING'
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
