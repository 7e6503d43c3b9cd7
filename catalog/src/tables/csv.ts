import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { CSV_TYPES } from '@cairn/platform/protocol/cairn/csv-tables'
import { sqlName, sqlText, withDuckDb } from '@cairn/platform/tables/duckdb'
import { type TableSource, type WrittenTable, writeTable } from '@cairn/platform/tables/write'

export interface CsvColumn {
  readonly name: string
  readonly type_name: (typeof CSV_TYPES)[number]
}

interface CsvFile {
  readonly columns: readonly CsvColumn[]
  readonly csv: string
  readonly delimiter: string
}

type CsvType = CsvColumn['type_name']

const DUCKDB_TYPES: Readonly<Record<CsvType, string>> = {
  ...{ BOOLEAN: 'BOOLEAN', LONG: 'BIGINT', DOUBLE: 'DOUBLE' },
  ...{ DATE: 'DATE', TIMESTAMP: 'TIMESTAMP WITH TIME ZONE', STRING: 'VARCHAR' },
}
const DAY = '\\d{4}[-/]\\d{1,2}[-/]\\d{1,2}'
const TIME = '\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d+)?)?'
const ZONE = ' ?(Z|[+-]\\d{2}(:?\\d{2})?)'
const isLike = (text: string, pattern: string) => `regexp_full_match(${text}, ${sqlText(pattern)})`

/** Conditions that match values that DuckDB would silently change. DuckDB itself rejects other wrong values, with their lines. */
const INEXACT: Partial<Record<CsvType, (text: string) => string>> = {
  LONG: (text) => `try_cast(${text} as double) is not null and not ${isLike(text, '[+-]?\\d+')}`,
  DATE: (text) => `try_cast(${text} as date) is not null and not ${isLike(text, DAY)}`,
  TIMESTAMP: (text) =>
    `${text} is not null and (try_cast(${text} as timestamptz) is null or not ${isLike(text, `${DAY}([ T]${TIME}(${ZONE})?)?`)})`,
}
const EXPECTED = {
  LONG: 'an integer',
  DATE: 'a date such as 2024-02-29',
  TIMESTAMP: 'a timestamp such as 2024-02-29T10:30:00+09:00',
}
const MAX_LINE_BYTES = 8_000_000

/** Writes the rows of a CSV file as a new table. @throws INVALID_PARAMETER_VALUE with the line of a wrong value */
export async function writeCsv(blobs: Blobs, location: string, file: CsvFile): Promise<WrittenTable> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-csv-'))
  try {
    const path = join(folder, 'rows.csv')
    await writeFile(path, withEqualLineEnds(file.csv))
    return await withDuckDb(async (connection) => {
      await rejectInexactValues(connection, path, file)
      return writeTable(blobs, location, { connection, select: selectFrom(path, file), mode: 'create' })
    })
  } catch (error) {
    throw csvError(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function selectFrom(path: string, file: CsvFile): string {
  const names = file.columns.map(({ name }) => sqlName(name))
  return `select ${names.join(', ')} from ${readCsv(path, file, (type) => DUCKDB_TYPES[type])}`
}

function readCsv(
  path: string,
  { columns, delimiter }: CsvFile,
  duckDbType: (type: CsvType) => string,
): string {
  const types = columns.map(({ name, type_name }) => `${sqlText(name)}: ${sqlText(duckDbType(type_name))}`)
  const options = [
    `columns = {${types.join(', ')}}`,
    `delim = ${sqlText(delimiter)}`,
    `header = true, auto_detect = false, quote = '"', escape = '"', max_line_size = ${MAX_LINE_BYTES}`,
  ]
  return `read_csv(${sqlText(path)}, ${options.join(', ')})`
}

/** DuckDB rejects files with mixed line ends. Line ends in quoted fields are kept. */
function withEqualLineEnds(csv: string): string {
  if (!csv.includes('\r')) return csv
  return csv
    .split('"')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(/\r\n?/g, '\n') : part))
    .join('"')
}

/**
 * Rejects values that DuckDB would silently change: it rounds fractions, drops times of dates, reads `infinity`, and stores null
 * for timestamps that it cannot read. It also applies a time zone that one row names to the rows after it.
 */
async function rejectInexactValues(
  connection: TableSource['connection'],
  path: string,
  file: CsvFile,
): Promise<void> {
  const wrong = file.columns.flatMap(({ name, type_name }) => {
    const isInexact = INEXACT[type_name]?.(`trim(${sqlName(name)})`)
    const fact = `{'name': ${sqlText(name)}, 'type': '${type_name}', 'value': ${sqlName(name)}}`
    return isInexact ? [`if(${isInexact}, ${fact}, null)`] : []
  })
  if (wrong.length === 0) return
  const found = await connection.runAndReadAll(
    `select wrong.name, wrong.type, left(wrong.value, 100)
     from (select coalesce(${wrong.join(', ')}, null) as wrong from ${readCsv(path, file, () => 'VARCHAR')})
     where wrong is not null limit 1`,
  )
  const [row] = found.getRows()
  if (!row) return
  const [name, type, value] = row.map(String)
  throw invalid(`csv: '${value}' in column '${name}' is not ${EXPECTED[type as 'LONG']}.`)
}

/** Omits the path of the temporary file and the settings that DuckDB's message lists. */
function csvError(error: unknown): unknown {
  const message = messageOf(error)
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1]
  if (line === undefined)
    return message.includes('CSV') ? invalid('csv: it cannot be read.', { cause: error }) : error
  const reason =
    /^(?:Error when converting|Expected Number of Columns|Value with unterminated|Maximum line).*$/m.exec(
      message,
    )
  return invalid(`csv: line ${line}: ${(reason?.[0] ?? 'it cannot be read').replace(/\.?$/, '.')}`, {
    cause: error,
  })
}
