import { setTimeout as sleep } from 'node:timers/promises'
import { invalid, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CancelStatement,
  ExecuteStatement,
  GetStatement,
  GetStatementChunk,
  GetWarehouse,
  ListWarehouses,
  type Statement,
} from '@cairn/platform/protocol/databricks/statements'
import type { Input } from '@cairn/platform/protocol/operation'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import type { Query } from '../tasks/sql/query.process.js'
import type { QueryResult } from '../tasks/sql/query-result.js'
import { toValues } from './parameters.js'
import { toChunk } from './result.js'
import type { Statements } from './statements.js'
import type { EndedStatement, StatementStore } from './store.js'
import { tableClient } from './table-client.js'

interface Options {
  readonly statements: Statements
  readonly store: StatementStore
  readonly context: ServiceContext
}

const MAX_ROWS = 10_000
const MAX_BYTES = 2_000_000
const WAREHOUSE = {
  ...{ id: 'cairn', name: 'Cairn', state: 'RUNNING', cluster_size: '2X-Small', num_clusters: 1 },
  ...{ warehouse_type: 'PRO', enable_serverless_compute: false },
}

/** Databricks' Statement Execution API: queries of callers over governed tables. */
export const statementRoutes: FastifyPluginAsync<Options> = async (app, { statements, store, context }) => {
  handle(app, ExecuteStatement, async (input, request) => {
    const waitMs = waitOf(input)
    const { principal } = request
    const { id, ended } = await statements.execute(principal, tableClient(context, request), toQuery(input))
    await Promise.race([ended, sleep(waitMs, undefined, { ref: false })])
    const row = await store.find(principal.id, id)
    if (row.state !== 'RUNNING' || input.on_wait_timeout !== 'CANCEL') return onWire(id, row)
    await statements.cancel(id)
    return onWire(id, await store.find(principal.id, id))
  })
  handle(app, GetStatement, async ({ statement_id }, { principal }) =>
    onWire(statement_id, await store.find(principal.id, statement_id)),
  )
  handle(app, GetStatementChunk, async ({ statement_id, chunk_index }, { principal }) => {
    const { result } = onWire(statement_id, await store.find(principal.id, statement_id))
    if (!result || chunk_index !== 0)
      throw missing(`Statement '${statement_id.slice(0, 100)}' has no chunk ${chunk_index}.`)
    return result
  })
  handle(app, CancelStatement, async ({ statement_id }, { principal }) => {
    await store.find(principal.id, statement_id)
    await statements.cancel(statement_id)
    return {}
  })
  handle(app, ListWarehouses, async () => ({ warehouses: [WAREHOUSE] }))
  handle(app, GetWarehouse, async ({ id }) => {
    if (id !== WAREHOUSE.id)
      throw missing(`Warehouse '${id.slice(0, 100)}' does not exist; this server is '${WAREHOUSE.id}'.`)
    return WAREHOUSE
  })
}

function toQuery(input: Input<typeof ExecuteStatement>): Query {
  const { statement, catalog, schema, parameters = [], row_limit, byte_limit } = input
  if (schema && !catalog) throw invalid("'schema' needs 'catalog'.")
  return {
    text: statement,
    parameters: toValues(parameters),
    namespace: { catalog, schema },
    limits: {
      rows: Math.min(row_limit ?? MAX_ROWS, MAX_ROWS),
      bytes: Math.min(byte_limit ?? MAX_BYTES, MAX_BYTES),
    },
  }
}

/** @throws INVALID_PARAMETER_VALUE */
function waitOf({ wait_timeout = '10s', on_wait_timeout }: Input<typeof ExecuteStatement>): number {
  const seconds = /^\d{1,3}s$/.test(wait_timeout) ? Number.parseInt(wait_timeout, 10) : Number.NaN
  if (seconds !== 0 && !(seconds >= 5 && seconds <= 50))
    throw invalid(`Invalid wait_timeout '${wait_timeout.slice(0, 100)}': '0s', or '5s' to '50s'.`)
  if (seconds === 0 && on_wait_timeout === 'CANCEL')
    throw invalid("on_wait_timeout 'CANCEL' needs a wait_timeout of '5s' to '50s'.")
  return seconds * 1000
}

function onWire(statement_id: string, { state, error, result }: EndedStatement): Statement {
  return {
    statement_id,
    status: { state, ...(error && { error: JSON.parse(error) }) },
    ...(result && toChunk(JSON.parse(result) as QueryResult)),
  }
}
