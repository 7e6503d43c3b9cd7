import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { messageOf } from '@cairn/platform/errors'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type QueryResult, type ResultLimits, readResult } from './query-result.js'
import {
  type Namespace,
  namedMarkers,
  openSandbox,
  parseQueries,
  type Relation,
  type TableName,
  withViews,
} from './sandbox.js'

/** The process gets two requests: the text and, after it has named the tables, a relation for each in that order. */
export type QueryRequest =
  | (Query & { readonly user?: UnprivilegedUser })
  | { readonly relations: readonly Relation[] }

/** Queries over governed tables. */
export interface Query {
  readonly text: string
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>
  /** Completes names of tables that have fewer than three parts. */
  readonly namespace?: Namespace
  readonly limits?: ResultLimits
}

export type QueryMessage =
  | { readonly tables: readonly TableName[] }
  | { readonly result: QueryResult }
  | { readonly error: string }

/** DuckDB's messages quote values. */
const MAX_MESSAGE = 4_000

const send = (message: QueryMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

const nextRequest = () => new Promise<QueryRequest>((resolve) => process.once('message', resolve))

/** DuckDB's own limit does not count the texts that a query makes. */
const MAX_BYTES = 3 * 1024 ** 3

/** Limits the memory of this process as far as the platform can. When it runs out on the machine, Linux ends it before the server. */
const limitMemory = () =>
  Promise.allSettled([
    promisify(execFile)('prlimit', [`--pid=${process.pid}`, `--data=${MAX_BYTES}`, '--core=0']),
    writeFile('/proc/self/oom_score_adj', '1000'),
  ])

/** Called after all modules are loaded, which only root may be able to read. */
function takeRights({ uid, gid }: UnprivilegedUser) {
  process.setgroups!([])
  process.setgid!(gid)
  process.setuid!(uid)
}

/** Runs the statements in order. @returns the rows of the last one */
async function run(connection: DuckDBConnection, text: string, { parameters, limits }: Query) {
  const statements = await connection.extractStatements(text)
  let result: QueryResult | undefined
  for (let i = 0; i < statements.count; i++) {
    const statement = await statements.prepare(i)
    const names = Array.from({ length: statement.parameterCount }, (_, n) => statement.parameterName(n + 1))
    const missing = names.find((name) => !Object.hasOwn(parameters, name))
    if (missing !== undefined) throw new Error(`parameters has no '${missing}'.`)
    statement.bind(Object.fromEntries(names.map((name) => [name, parameters[name] ?? null])))
    result = await readResult(await statement.stream(), limits)
  }
  return result!
}

process.once('disconnect', () => process.exit()) // The parent has ended.
const begin = nextRequest()
try {
  const { user, ...query } = (await begin) as Extract<QueryRequest, { text: string }>
  await limitMemory()
  if (user) takeRights(user)
  const text = namedMarkers(query.text, Object.keys(query.parameters))
  const parser = await (await DuckDBInstance.create(':memory:', { temp_directory: '' })).connect()
  const queries = await parseQueries(parser, text, query.namespace)
  const answer = nextRequest()
  await send({ tables: queries.tables })
  const { relations } = (await answer) as Extract<QueryRequest, { relations: readonly Relation[] }>
  const sandbox = await openSandbox(relations)
  await send({ result: await run(sandbox, await withViews(parser, queries), query) })
} catch (error) {
  await send({ error: messageOf(error).slice(0, MAX_MESSAGE) })
}
process.exit()
