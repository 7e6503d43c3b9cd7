import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sqlName, sqlText } from '@cairn/platform/tables/duckdb'
import type { DuckDBConnection } from '@duckdb/node-api'
import { isUtf8, readHeaderColumns } from './header.js'
import type { Layout } from './layouts.js'
import type { Progress } from './progress.js'
import type { Rejects } from './rejects.js'

export interface LandedFile {
  readonly layout: Layout
  /** SQL of the valid rows, with the columns of the table. */
  readonly select: string
  readonly rows: number
  readonly rejected: number
}

/**
 * Reads one file with its column types into a temporary Parquet file. Rows that do not parse or are out of range are
 * counted and kept as rejects.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file, for missing columns or too many rejects
 */
export async function landFile(
  connection: DuckDBConnection,
  path: string,
  layout: Layout,
  scratch: string,
  { progress, rejects }: { progress: Progress; rejects: Rejects },
): Promise<LandedFile> {
  const columns = await readHeaderColumns(path, layout)
  const latin = layout.file !== 'ratings.csv' && layout.file !== 'ratings.dat' && !(await isUtf8(path))
  const types = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type)}`).join(', ')
  const source = csvSource(path, types, {
    separator: layout.separator,
    quote: layout.quoted ? '"' : '',
    header: layout.hasHeader,
    encoding: latin ? 'latin-1' : 'utf-8',
    rejects: layout.table,
  })
  progress.begin('read', layout.file, (await stat(path)).size, 'bytes')
  const parquet = join(scratch, `${layout.table}.parquet`)
  const names = layout.columns.map(({ name }) => sqlName(name)).join(', ')
  await connection.run(
    `copy (select ${names}, coalesce(${layout.valid}, false) as is_valid from ${source})
     to ${sqlText(parquet)} (format parquet, compression snappy)`,
  )
  progress.end()
  const landed = `read_parquet(${sqlText(parquet)})`
  const rejected = await rejects.collect(
    connection,
    layout.table,
    layout.file,
    `${landed} where not is_valid`,
  )
  const rows = await countRows(connection, `${landed} where is_valid`)
  await rejects.requireFew(layout.file, rejected, rows + rejected)
  return { layout, select: `select ${layout.select} from ${landed} where is_valid`, rows, rejected }
}

export interface CsvOptions {
  readonly separator: string
  readonly quote: '"' | ''
  readonly header: boolean
  readonly encoding: 'utf-8' | 'latin-1'
  /** The prefix of the temporary tables for rows that do not parse. */
  readonly rejects: string
  readonly nullText?: string
}

/** Auto-detection is off, because the contents of a file must not change the meaning of its columns. */
export function csvSource(path: string, types: string, options: CsvOptions): string {
  const quote = sqlText(options.quote)
  const nulls = options.nullText === undefined ? '' : `, nullstr = ${sqlText(options.nullText)}`
  return `read_csv(${sqlText(path)}, delim = ${sqlText(options.separator)}, quote = ${quote}, escape = ${quote},
    header = ${options.header}, encoding = ${sqlText(options.encoding)}, auto_detect = false, columns = {${types}}${nulls},
    store_rejects = true, rejects_limit = 1000000, rejects_table = ${sqlText(`${options.rejects}_rejects`)},
    rejects_scan = ${sqlText(`${options.rejects}_scans`)})`
}

export async function countRows(connection: DuckDBConnection, relation: string): Promise<number> {
  const result = await connection.run(`select count(*)::double as n from ${relation}`)
  return Number((await result.getRows())[0]?.[0])
}
