import { invalid } from '@cairn/platform/errors'
import { sqlList, sqlName } from '@cairn/platform/tables/duckdb'
import type { DuckDBConnection } from '@duckdb/node-api'
import { parseExact, stringifyExact } from './exact-json.js'

/** A table that the principal of the task may read. */
export interface Relation {
  /** A relation for DuckDB's FROM: `(select … from read_parquet([…]))`. */
  readonly source: string
  /** The files that `source` reads. */
  readonly files: readonly string[]
}

export interface TableName {
  readonly catalog: string
  readonly schema: string
  readonly table: string
}

/** The catalog and schema of tables whose names have fewer parts. */
export interface Namespace {
  readonly catalog?: string | undefined
  readonly schema?: string | undefined
}

/** Queries as DuckDB serializes them, with the governed tables that they name as `catalog.schema.table`. */
export interface ParsedQueries {
  readonly tree: object
  readonly tables: readonly TableName[]
}

type Node = Record<string, unknown>

const MAX_TABLES = 100
const MEMORY = '1GiB'
const THREADS = '2'
/** Catalogs that DuckDB defines. */
const RESERVED = ['system', 'temp', 'memory']

/** @throws INVALID_PARAMETER_VALUE for text that is not SQL, and for statements that are not queries */
export async function parseQueries(
  connection: DuckDBConnection,
  text: string,
  namespace: Namespace = {},
): Promise<ParsedQueries> {
  const reader = await connection.runAndReadAll('select json_serialize_sql($text::varchar)', { text })
  const tree = parseExact(String(reader.getRows()[0]![0])) as Node
  if (tree.error) throw invalid(`${sentence(String(tree.error_message))}`)
  completeNames(tree, namespace)
  const tables = new Map<string, TableName>()
  visit(tree, (node) => {
    if (isAboutEngine(node)) throw invalid(`${nameOf(node)} is not supported: it is about the engine.`)
    const name = governedName(node)
    if (name) tables.set(keyOf(name), name)
  })
  if (tables.size > MAX_TABLES)
    throw invalid(`the queries read ${tables.size} tables; the limit is ${MAX_TABLES}.`)
  return { tree, tables: [...tables.values()] }
}

/** Names of a WITH stay as they are. */
function completeNames(tree: Node, { catalog, schema }: Namespace) {
  if (!catalog) return
  const withs = new Set<string>()
  visit(tree, ({ cte_map }) => {
    for (const { key } of (cte_map as { map: { key: string }[] } | undefined)?.map ?? [])
      withs.add(key.toLowerCase())
  })
  visit(tree, (node) => {
    if (node.type !== 'BASE_TABLE' || node.catalog_name || isAboutEngine(node)) return
    if (node.schema_name) node.catalog_name = catalog
    else if (schema && !withs.has(String(node.table_name).toLowerCase()))
      Object.assign(node, { catalog_name: catalog, schema_name: schema })
  })
}

/** Tables and functions that show settings and files of the engine. */
const ABOUT_ENGINE = /^(duckdb_|pragma_|sqlite_(temp_)?(master|schema)$|pg_views$)/i
/** Functions that show or change the engine, run text as a query or show its plan. A WITH may have one of these names. */
const FUNCTIONS_ABOUT_ENGINE =
  /^((enable|disable)_.*|(force_)?checkpoint|pg_get_viewdef|current_setting|which_secret|query|query_table|json_(execute_serialized_sql|serialize_plan))$/i
const ABOUT_ENGINE_SCHEMAS = ['information_schema', 'pg_catalog']

const nameOf = ({ function_name, schema_name, table_name }: Node) =>
  String(function_name || [schema_name, table_name].filter(Boolean).join('.'))

function isAboutEngine(node: Node): boolean {
  if (node.function_name) {
    const name = String(node.function_name)
    return ABOUT_ENGINE.test(name) || FUNCTIONS_ABOUT_ENGINE.test(name)
  }
  if (node.type !== 'BASE_TABLE' || governedName(node)) return false
  const isIn = (name: unknown) => ABOUT_ENGINE_SCHEMAS.includes(String(name).toLowerCase())
  return ABOUT_ENGINE.test(String(node.table_name)) || isIn(node.schema_name)
}

const sentence = (message: string) =>
  message.startsWith('Only SELECT') ? 'only SELECT statements are supported.' : message

const keyOf = ({ catalog, schema, table }: TableName) => JSON.stringify([catalog, schema, table])

function governedName({ type, catalog_name, schema_name, table_name }: Node): TableName | undefined {
  if (type !== 'BASE_TABLE' || !catalog_name || !schema_name || !table_name) return undefined
  const name = { catalog: String(catalog_name), schema: String(schema_name), table: String(table_name) }
  return RESERVED.includes(name.catalog.toLowerCase()) ? undefined : name
}

function visit(node: unknown, act: (node: Node) => void) {
  if (typeof node !== 'object' || node === null) return
  act(node as Node)
  for (const child of Object.values(node)) visit(child, act)
}

/**
 * The text of the queries with views in place of the tables, in their order. Catalogs are not attached under their names: DuckDB
 * finds none of its functions while a catalog has the name of its schema `main`.
 */
export async function withViews(
  connection: DuckDBConnection,
  { tree, tables }: ParsedQueries,
): Promise<string> {
  const views = new Map(tables.map((name, i) => [keyOf(name), viewName(i)]))
  visit(tree, (node) => {
    const name = governedName(node)
    if (name) Object.assign(node, replaced(node, views.get(keyOf(name))!))
    if (node.type === 'COLUMN_REF') node.column_names = withoutCatalog(node.column_names as string[], tables)
  })
  const json = stringifyExact(tree)
  const reader = await connection.runAndReadAll('select json_deserialize_sql($json::json)', { json })
  return String(reader.getRows()[0]![0])
}

const viewName = (i: number) => `relation_${i}`

const replaced = ({ alias, table_name }: Node, view: string) => ({
  ...{ catalog_name: '', schema_name: '', table_name: view },
  alias: alias || table_name,
})

/** `catalog.schema.table.column` as `table.column`. */
function withoutCatalog(names: string[], tables: readonly TableName[]): string[] {
  const isQualified = tables.some(
    ({ catalog, schema, table }) => names[0] === catalog && names[1] === schema && names[2] === table,
  )
  return names.length > 3 && isQualified ? names.slice(2) : names
}

/**
 * A database in which the relations are views. It reads their files and nothing else: no other path, no network, no extension,
 * and its settings cannot be changed.
 */
export async function openSandbox(relations: readonly Relation[]): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    ...{ memory_limit: MEMORY, threads: THREADS, temp_directory: '' },
    ...{ autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' },
    ...{ secret_directory: 'none', extension_directory: 'none' }, // messages name them
  })
  const connection = await instance.connect()
  await connection.run(`set global TimeZone = 'UTC'`)
  const files = relations.flatMap((relation) => relation.files)
  if (files.length > 0) await connection.run(`set global allowed_paths = ${sqlList(files)}`)
  // Closed before the first file is read: its content and names may be an attacker's.
  await connection.run('set global enable_external_access = false')
  for (const [i, { source }] of relations.entries())
    await connection.run(`create view ${sqlName(viewName(i))} as select * from ${source}`)
  await connection.run('set global lock_configuration = true')
  return connection
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
