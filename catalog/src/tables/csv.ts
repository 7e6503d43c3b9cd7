import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { CSV_TYPES } from '@cairn/platform/protocol/tables'
import { sqlName, sqlText, withDuckDb } from '@cairn/platform/tables/duckdb'
import { type WrittenTable, writeTable } from '@cairn/platform/tables/write'

export interface CsvColumn {
  readonly name: string
  readonly type_name: (typeof CSV_TYPES)[number]
}

interface CsvFile {
  readonly columns: readonly CsvColumn[]
  readonly csv: string
  readonly delimiter: string
}

const DUCKDB_TYPES: Readonly<Record<CsvColumn['type_name'], string>> = {
  ...{ BOOLEAN: 'BOOLEAN', LONG: 'BIGINT', DOUBLE: 'DOUBLE' },
  ...{ DATE: 'DATE', TIMESTAMP: 'TIMESTAMP WITH TIME ZONE', STRING: 'VARCHAR' },
}
const MAX_LINE_BYTES = 8_000_000

/** Writes the rows of a CSV file as a new table. @throws INVALID_PARAMETER_VALUE with the line of a wrong value */
export async function writeCsv(blobs: Blobs, location: string, file: CsvFile): Promise<WrittenTable> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-csv-'))
  try {
    const path = join(folder, 'rows.csv')
    await writeFile(path, file.csv)
    return await withDuckDb((connection) =>
      writeTable(blobs, location, { connection, select: selectFrom(path, file), mode: 'create' }),
    )
  } catch (error) {
    throw csvError(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function selectFrom(path: string, { columns, delimiter }: CsvFile): string {
  const types = columns.map(({ name, type_name }) => `${sqlText(name)}: ${sqlText(DUCKDB_TYPES[type_name])}`)
  const options = [
    `columns = {${types.join(', ')}}`,
    `delim = ${sqlText(delimiter)}`,
    `header = true, auto_detect = false, quote = '"', escape = '"', max_line_size = ${MAX_LINE_BYTES}`,
  ]
  const names = columns.map(({ name }) => sqlName(name))
  return `select ${names.join(', ')} from read_csv(${sqlText(path)}, ${options.join(', ')})`
}

/** Without the path of the temporary file and the settings that DuckDB lists. */
function csvError(error: unknown): unknown {
  const message = messageOf(error)
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1]
  if (line === undefined) return error
  const reason =
    /^(?:Error when converting|Expected Number of Columns|Value with unterminated|Maximum line).*$/m.exec(
      message,
    )
  return invalid(`csv: line ${line}: ${(reason?.[0] ?? 'it cannot be read').replace(/\.?$/, '.')}`, {
    cause: error,
  })
}
