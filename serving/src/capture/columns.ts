import { columnInfos, type DeltaType, duckDbType, fieldOf } from '@cairn/platform/tables/columns'
import { sqlText } from '@cairn/platform/tables/duckdb'

/** The columns of Databricks' inference tables, then ours. */
const COLUMNS = [
  ['databricks_request_id', 'string'],
  ['client_request_id', 'string'],
  ['request_date', 'date'],
  ['request_time', 'timestamp'],
  ['status_code', 'integer'],
  ['sampling_fraction', 'double'],
  ['execution_duration_ms', 'long'],
  ['request', 'string'],
  ['response', 'string'],
  ['logging_error_codes', { type: 'array', elementType: 'string', containsNull: true }],
  ['served_entity_id', 'string'],
  ['requester', 'string'],
  ['endpoint_name', 'string'],
  ['served_entity', 'string'],
  ['model_version', 'string'],
] as const satisfies readonly (readonly [string, DeltaType])[]

export type PayloadColumn = (typeof COLUMNS)[number][0]

export const PAYLOAD_FIELDS = COLUMNS.map(([name, type]) => fieldOf(name, type))
export const PAYLOAD_COLUMNS = columnInfos(PAYLOAD_FIELDS)

const JSON_COLUMNS = COLUMNS.map(([name, type]) => `${name}: ${sqlText(duckDbType(type))}`).join(', ')

/** A SELECT of the rows of a spool. Its last line is incomplete if the process ended while it wrote it. */
export const rowsOfSpool = (path: string) => `select * from read_json(${sqlText(path)},
  format = 'newline_delimited', ignore_errors = true, columns = {${JSON_COLUMNS}})
  where databricks_request_id is not null`
