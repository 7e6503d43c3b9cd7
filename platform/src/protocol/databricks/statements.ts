import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { AnyJson, Int64, OneOf, Required } from '../wire.js'

const BASE = '/api/2.0/sql/statements'
const THIS = `${BASE}/{statement_id}` as const

/** Not that of jobs, whose service runs the statements: its tokens may not read tables. */
const SCOPE = 'read or catalog'

export const STATEMENT_STATES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const

export const StatementParameter = Type.Object({
  name: Required({ maxLength: 100 }),
  /** The value; absent or null for NULL. */
  value: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** The name of a type of Databricks, such as INT; default STRING. */
  type: Type.Optional(Type.String()),
})
export type StatementParameter = Static<typeof StatementParameter>

/** A part of a result: the values of each row as text, and null for NULL. */
export const StatementChunk = Type.Object({
  chunk_index: Int64(),
  row_offset: Int64(),
  row_count: Int64(),
  data_array: Type.Optional(AnyJson()),
})
export type StatementChunk = Static<typeof StatementChunk>

export const StatementManifest = Type.Object({
  format: Type.String(),
  schema: Type.Object({
    column_count: Int64(),
    columns: Type.Array(
      Type.Object({
        name: Type.String(),
        position: Int64(),
        /** The type as text, such as `array<bigint>`. */
        type_text: Type.String(),
        type_name: Type.String(),
      }),
    ),
  }),
  total_chunk_count: Int64(),
  total_row_count: Int64(),
  chunks: Type.Array(Type.Object({ chunk_index: Int64(), row_offset: Int64(), row_count: Int64() })),
  /** True if the query has more rows than the limit. */
  truncated: Type.Boolean(),
})
export type StatementManifest = Static<typeof StatementManifest>

export const Statement = Type.Object({
  statement_id: Type.String(),
  status: Type.Object({
    state: OneOf(STATEMENT_STATES),
    error: Type.Optional(Type.Object({ error_code: Type.String(), message: Type.String() })),
  }),
  manifest: Type.Optional(StatementManifest),
  result: Type.Optional(StatementChunk),
})
export type Statement = Static<typeof Statement>

const ThisStatement = Type.Object({ statement_id: Required() })

export const ExecuteStatement = operation({
  id: 'executeStatement',
  method: 'POST',
  path: BASE,
  summary: 'Run a query over governed tables with the rights of the caller',
  right: 'authenticated',
  scope: SCOPE,
  input: Type.Object({
    /** SELECT statements. The result is that of the last one. */
    statement: Required({ maxLength: 100_000 }),
    /** Any id, because each server runs queries itself. */
    warehouse_id: Type.Optional(Type.String()),
    /** Completes names of tables without a catalog, or without a catalog and a schema. */
    catalog: Type.Optional(Type.String()),
    schema: Type.Optional(Type.String()),
    parameters: Type.Optional(Type.Array(StatementParameter, { maxItems: 100 })),
    row_limit: Type.Optional(Int64({ minimum: 1 })),
    byte_limit: Type.Optional(Int64({ minimum: 1 })),
    format: Type.Optional(OneOf(['JSON_ARRAY'])),
    disposition: Type.Optional(OneOf(['INLINE'])),
    /** `0s`, or 5 to 50 seconds; default `10s`. */
    wait_timeout: Type.Optional(Type.String()),
    on_wait_timeout: Type.Optional(OneOf(['CONTINUE', 'CANCEL'])),
  }),
  output: Statement,
})

export const GetStatement = operation({
  id: 'getStatement',
  method: 'GET',
  path: THIS,
  summary: 'Get the state of a statement of the caller, and its result',
  right: 'authenticated',
  scope: SCOPE,
  input: ThisStatement,
  output: Statement,
})

export const GetStatementChunk = operation({
  id: 'getStatementChunk',
  method: 'GET',
  path: `${THIS}/result/chunks/{chunk_index}`,
  summary: 'Get a part of the result of a statement of the caller',
  right: 'authenticated',
  scope: SCOPE,
  input: Type.Object({ statement_id: Required(), chunk_index: Int64({ minimum: 0 }) }),
  output: StatementChunk,
})

export const CancelStatement = operation({
  id: 'cancelStatement',
  method: 'POST',
  path: `${THIS}/cancel`,
  summary: 'Cancel a statement of the caller',
  right: 'authenticated',
  scope: SCOPE,
  input: ThisStatement,
  output: Type.Object({}),
})

const Warehouse = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Type.String(),
  cluster_size: Type.String(),
  num_clusters: Int64(),
  warehouse_type: Type.String(),
  enable_serverless_compute: Type.Boolean(),
})

export const ListWarehouses = operation({
  id: 'listWarehouses',
  method: 'GET',
  path: '/api/2.0/sql/warehouses',
  summary: 'List the warehouse, which is this server',
  right: 'authenticated',
  scope: SCOPE,
  input: Type.Object({}),
  output: Type.Object({ warehouses: Type.Array(Warehouse) }),
})

export const GetWarehouse = operation({
  id: 'getWarehouse',
  method: 'GET',
  path: '/api/2.0/sql/warehouses/{id}',
  summary: 'Get the warehouse, which is this server',
  right: 'authenticated',
  scope: SCOPE,
  input: Type.Object({ id: Required() }),
  output: Warehouse,
})
