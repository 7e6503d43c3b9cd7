import { invalid } from '@cairn/platform/errors'
import { sqlList, sqlName } from '@cairn/platform/tables/duckdb'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** A table that the principal of the task may read. */
export interface Relation {
  readonly catalog: string
  readonly schema: string
  readonly table: string
  /** What DuckDB's FROM accepts: `(select … from read_parquet([…]))`. */
  readonly source: string
  /** The files that `source` reads. */
  readonly files: readonly string[]
}

export interface TableName {
  readonly catalog: string
  readonly schema: string
  readonly table: string
}

const MEMORY = '1GiB'
const THREADS = '2'
/** Names that DuckDB has itself. */
const RESERVED = ['system', 'temp', 'memory']

/**
 * The governed tables that queries name as `catalog.schema.table`.
 *
 * @throws INVALID_PARAMETER_VALUE for text that is not SQL, and for statements that are not queries
 */
export async function namedTables(connection: DuckDBConnection, text: string): Promise<TableName[]> {
  const reader = await connection.runAndReadAll('select json_serialize_sql($text::varchar) as tree', { text })
  const tree = JSON.parse(String(reader.getRowObjects()[0]!.tree)) as SerializedSql
  if (tree.error) throw invalid(`sql_task: ${sentence(tree.error_message)}`)
  const tables = new Map<string, TableName>()
  collect(tree.statements, tables)
  return [...tables.values()]
}

interface SerializedSql {
  readonly error: boolean
  readonly error_message?: string
  readonly statements?: unknown
}

const sentence = (message = 'the text is not SQL') =>
  message.startsWith('Only SELECT') ? 'only SELECT statements are supported.' : message

function collect(node: unknown, tables: Map<string, TableName>) {
  if (typeof node !== 'object' || node === null) return
  const { type, catalog_name, schema_name, table_name } = node as Record<string, unknown>
  if (type === 'BASE_TABLE' && catalog_name && schema_name && table_name) {
    const name = { catalog: String(catalog_name), schema: String(schema_name), table: String(table_name) }
    if (!RESERVED.includes(name.catalog.toLowerCase())) tables.set(JSON.stringify(name), name)
  }
  for (const child of Object.values(node)) collect(child, tables)
}

/**
 * A database in which the relations are views. It reads their files and nothing else: no other path, no network, no extension,
 * and its settings cannot be changed.
 */
export async function openSandbox(
  relations: readonly Relation[],
): Promise<{ readonly instance: DuckDBInstance; readonly connection: DuckDBConnection }> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    ...{ memory_limit: MEMORY, threads: THREADS, temp_directory: '' },
    ...{ autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' },
  })
  const connection = await instance.connect()
  await connection.run(`set global TimeZone = 'UTC'`)
  const files = relations.flatMap((relation) => relation.files)
  if (files.length > 0) await connection.run(`set global allowed_paths = ${sqlList(files)}`)
  for (const catalog of new Set(relations.map((relation) => relation.catalog)))
    await connection.run(`attach ':memory:' as ${sqlName(catalog)}`)
  for (const { catalog, schema, table, source } of relations) {
    await connection.run(`create schema if not exists ${sqlName(catalog)}.${sqlName(schema)}`)
    await connection.run(
      `create view ${[catalog, schema, table].map(sqlName).join('.')} as select * from ${source}`,
    )
  }
  await connection.run('set global enable_external_access = false')
  await connection.run('set global lock_configuration = true')
  return { instance, connection }
}

/** Replaces markers such as `:name` outside strings and comments, which Databricks uses, by DuckDB's `$name`. */
export function namedMarkers(text: string, names: readonly string[]): string {
  if (names.length === 0) return text
  const known = names.map((name) => name.replaceAll(/[^\w]/g, '')).join('|')
  const token = new RegExp(
    `'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\\n]*|/\\*[\\s\\S]*?\\*/|(?<![:\\w\\]]):(?=(?:${known})\\b)`,
    'g',
  )
  return text.replaceAll(token, (found) => (found === ':' ? '$' : found))
}
