import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty, OneOf } from '../wire.js'
import {
  Authorship,
  Comment,
  FullName,
  Manageable,
  Name,
  NextPage,
  PageFields,
  Properties,
  UNITY,
} from './catalogs.js'

/** Names that are in the closed enums of both unitycatalog-client and databricks-sdk. */
export const COLUMN_TYPES = [
  'BOOLEAN',
  'BYTE',
  'SHORT',
  'INT',
  'LONG',
  'FLOAT',
  'DOUBLE',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP_NTZ',
  'STRING',
  'BINARY',
  'DECIMAL',
  'INTERVAL',
  'ARRAY',
  'STRUCT',
  'MAP',
  'VARIANT',
  'CHAR',
  'NULL',
  'USER_DEFINED_TYPE',
  'TABLE_TYPE',
] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

/** A column. All numbers are always present, because readers such as DuckDB require them. */
export const ColumnInfo = Type.Object({
  name: Type.String(),
  type_name: OneOf(COLUMN_TYPES),
  type_text: Type.String({ description: 'As SQL, e.g. `decimal(10,2)`.' }),
  type_json: Type.String({ description: 'The Spark StructField as JSON.' }),
  type_precision: Type.Integer(),
  type_scale: Type.Integer(),
  position: Type.Integer({ description: 'From 0.' }),
  nullable: Type.Boolean(),
  comment: Type.Optional(Type.String()),
  partition_index: Type.Optional(Type.Integer()),
})
export type ColumnInfo = Static<typeof ColumnInfo>

const ColumnInput = Type.Object({
  name: Name(),
  type_name: OneOf(COLUMN_TYPES),
  type_text: Type.Optional(Type.String()),
  type_json: Type.Optional(Type.String()),
  type_precision: Type.Optional(Type.Integer({ minimum: 0, maximum: 38 })),
  type_scale: Type.Optional(Type.Integer({ minimum: 0, maximum: 38 })),
  position: Type.Optional(Type.Integer({ minimum: 0 })),
  nullable: Type.Optional(Type.Boolean()),
  comment: Type.Optional(Comment()),
  partition_index: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type ColumnInput = Static<typeof ColumnInput>

const TableType = OneOf(['MANAGED', 'EXTERNAL'])
const Format = OneOf(['DELTA', 'CSV', 'JSON', 'AVRO', 'PARQUET', 'ORC', 'TEXT'])

export const TableInfo = Type.Object({
  table_id: Type.String(),
  name: Type.String(),
  catalog_name: Type.String(),
  schema_name: Type.String(),
  full_name: Type.String(),
  table_type: TableType,
  data_source_format: Format,
  columns: Type.Array(ColumnInfo),
  storage_location: Type.String(),
  comment: Type.Optional(Type.String()),
  properties: Type.Unsafe<Record<string, string>>({
    ...Properties,
    description: 'E.g. the number of rows and the digest of imported data.',
  }),
  ...Authorship,
  metastore_id: Type.String(),
})
export type TableInfo = Static<typeof TableInfo>

export const TableParent = { catalog_name: Name(), schema_name: Name() }

export const CreateStagingTable = operation({
  id: 'createStagingTable',
  method: 'POST',
  path: `${UNITY}/staging-tables`,
  summary: 'Reserve the location of a managed table, so that data can be written before the table is created',
  right: { privilege: 'CREATE TABLE', on: 'schema' },
  input: Type.Object({ name: Name(), ...TableParent }),
  output: Type.Object({
    id: Type.String(),
    name: Type.String(),
    ...TableParent,
    staging_location: Type.String(),
  }),
})

export const CreateTable = operation({
  id: 'createTable',
  method: 'POST',
  path: `${UNITY}/tables`,
  summary:
    'Create a table; its creator becomes the owner. EXTERNAL tables also require MANAGE on the metastore',
  right: { privilege: 'CREATE TABLE', on: 'schema' },
  input: Type.Object({
    name: Name(),
    ...TableParent,
    table_type: TableType,
    data_source_format: Type.Optional(Format),
    columns: Type.Array(ColumnInput, { maxItems: 10_000 }),
    storage_location: Type.Optional(
      Type.String({
        maxLength: 2048,
        description: 'For a managed table its staging location, if any.',
      }),
    ),
    comment: Type.Optional(Comment()),
    properties: Type.Optional(Properties),
  }),
  output: TableInfo,
})

export const ListTables = operation({
  id: 'listTables',
  method: 'GET',
  path: `${UNITY}/tables`,
  summary: 'List the tables of a schema that the caller may see, by name',
  right: 'authenticated',
  input: Type.Object({
    ...TableParent,
    ...PageFields,
    omit_columns: Type.Optional(Type.Boolean()),
    omit_properties: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({ tables: Type.Array(TableInfo), ...NextPage }),
})

export const ListTableSummaries = operation({
  id: 'listTableSummaries',
  method: 'GET',
  path: `${UNITY}/table-summaries`,
  summary: 'List names and types of the tables of a catalog that the caller may see',
  right: 'authenticated',
  input: Type.Object({
    catalog_name: Name(),
    schema_name_pattern: Type.Optional(Type.String({ description: 'SQL LIKE.' })),
    table_name_pattern: Type.Optional(Type.String({ description: 'SQL LIKE.' })),
    ...PageFields,
  }),
  output: Type.Object({
    tables: Type.Array(Type.Object({ full_name: Type.String(), table_type: TableType })),
    ...NextPage,
  }),
})

export const GetTable = operation({
  id: 'getTable',
  method: 'GET',
  path: `${UNITY}/tables/{full_name}`,
  summary: 'Get a table with its columns',
  right: { privilege: 'BROWSE', on: 'table' },
  input: Type.Object({ full_name: FullName() }),
  output: TableInfo,
})

export const TableExists = operation({
  id: 'tableExists',
  method: 'GET',
  path: `${UNITY}/tables/{full_name}/exists`,
  summary: 'Check whether a table exists; requires permission to see it or its schema',
  right: { privilege: 'BROWSE', on: 'table' },
  input: Type.Object({ full_name: FullName() }),
  output: Type.Object({ table_exists: Type.Boolean() }),
})

export const UpdateTable = operation({
  id: 'updateTable',
  method: 'PATCH',
  path: `${UNITY}/tables/{full_name}`,
  summary: 'Update comment, properties or columns (requires MODIFY), name or owner (requires MANAGE)',
  right: { privilege: 'MANAGE', on: 'table' },
  input: Type.Object({
    full_name: FullName(),
    ...Manageable,
    properties: Type.Optional(Properties),
    columns: Type.Optional(Type.Array(ColumnInput, { maxItems: 10_000 })),
  }),
  output: TableInfo,
})

export const DeleteTable = operation({
  id: 'deleteTable',
  method: 'DELETE',
  path: `${UNITY}/tables/{full_name}`,
  summary: 'Delete a table, and the data of a managed table',
  right: { privilege: 'MANAGE', on: 'table' },
  input: Type.Object({ full_name: FullName() }),
  output: Empty,
})
