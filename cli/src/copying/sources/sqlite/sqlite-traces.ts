import { withoutNulls } from '@cairn/platform/collections/without-nulls'
import type { TraceInfo, TraceState } from '@cairn/platform/protocol/mlflow/traces'
import { writeDuration, writeTime } from '@cairn/tracking-server/protobuf-time'
import { COST_KINDS, TOKEN_KINDS } from '@cairn/tracking-server/spans/usage'
import { dump } from '@cairn/tracking-server/spans/value'
import type { ForeignRow, ForeignSqlite } from '../../../database/foreign-sqlite.js'
import type { SourceTrace } from '../source.js'
import { cellText, isSet } from './sqlite-registry.js'

type Assessment = NonNullable<TraceInfo['assessments']>[number]

const PAGE = 200

/** Reads the traces of an experiment, if the database has the tables. */
export function* readTraces(file: ForeignSqlite, experiment: number): Generator<SourceTrace> {
  if (file.columns('trace_info').size === 0) return
  const page = `select rowid as cursor, * from trace_info where experiment_id = ? and rowid > ? order by rowid limit ${PAGE}`
  for (let cursor = -1; ; ) {
    const rows = file.all(page, experiment, cursor)
    for (const row of rows) yield toTrace(file, row)
    if (rows.length < PAGE) return
    cursor = Number(rows.at(-1)!.cursor)
  }
}

/** The spans of a trace; empty when they are stored as an artifact instead. */
export const readSpans = (file: ForeignSqlite, { trace: { trace_info } }: SourceTrace): string[] =>
  rowsOf(file, 'spans', "trace_id = ? and content != ''", [trace_info.trace_id]).map((row) =>
    cellText(row.content),
  )

/** In insertion order; empty when the release did not have the table yet. */
const rowsOf = (
  file: ForeignSqlite,
  table: string,
  where: string,
  values: readonly string[],
  columns = '*',
): ForeignRow[] =>
  file.columns(table).size === 0
    ? []
    : file.all(`select ${columns} from ${table} where ${where} order by rowid`, ...values)

function toTrace(file: ForeignSqlite, row: ForeignRow): SourceTrace {
  const trace_id = cellText(row.request_id)
  const pairs = (table: string) =>
    Object.fromEntries(
      rowsOf(file, table, 'request_id = ?', [trace_id]).map(({ key, value }) => [
        cellText(key),
        cellText(value),
      ]),
    )
  const linked = (type: string) =>
    rowsOf(file, 'entity_associations', "source_type = 'trace' and source_id = ? and destination_type = ?", [
      trace_id,
      type,
    ]).map((link) => cellText(link.destination_id))
  const [extent] = rowsOf(file, 'spans', 'trace_id = ?', [trace_id], 'count(*) as spans')
  const trace_info: TraceInfo = {
    trace_id,
    trace_location: {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: String(row.experiment_id) },
    },
    request_time: writeTime(Number(row.timestamp_ms)),
    ...(isSet(row.execution_time_ms) && { execution_duration: writeDuration(Number(row.execution_time_ms)) }),
    state: cellText(row.status) as TraceState,
    ...(isSet(row.client_request_id) && { client_request_id: cellText(row.client_request_id) }),
    ...(isSet(row.request_preview) && { request_preview: cellText(row.request_preview) }),
    ...(isSet(row.response_preview) && { response_preview: cellText(row.response_preview) }),
    tags: {
      ...pairs('trace_tags'),
      ...(isSet(row.trace_name) && { 'mlflow.traceName': cellText(row.trace_name) }),
    },
    trace_metadata: { ...pairs('trace_request_metadata'), ...metadataColumns(row) },
    assessments: assessmentsOf(file, trace_id),
  }
  return {
    trace: { trace_info },
    ...{ runs: linked('run'), prompts: linked('prompt_version') },
    extent: `${extent?.spans ?? 0} ${cellText(row.db_payload_generation)}`,
  }
}

/** The metadata that MLflow keeps in separate columns since 3.17, in the form in which its API returns it. */
function metadataColumns(row: ForeignRow): Record<string, string> {
  const present = (names: readonly string[]) => names.filter((name) => isSet(row[name]))
  const tokens = present([...TOKEN_KINDS, 'cache_creation_input_tokens_above_1hr']).map((name) => [
    name,
    BigInt(row[name]!),
  ])
  const costs = present(COST_KINDS).map((name) => [name, Number(row[name])])
  return {
    ...(isSet(row.session_id) && { 'mlflow.trace.session': cellText(row.session_id) }),
    ...(tokens.length > 0 && { 'mlflow.trace.tokenUsage': dump(Object.fromEntries(tokens)) }),
    ...(costs.length > 0 && { 'mlflow.trace.cost': dump(Object.fromEntries(costs)) }),
  }
}

function assessmentsOf(file: ForeignSqlite, trace_id: string): Assessment[] {
  return rowsOf(file, 'assessments', 'trace_id = ?', [trace_id]).map((row) => ({
    assessment_id: cellText(row.assessment_id),
    assessment_name: cellText(row.name),
    trace_id,
    ...(isSet(row.span_id) && { span_id: cellText(row.span_id) }),
    source: {
      source_type: cellText(row.source_type) as NonNullable<NonNullable<Assessment['source']>['source_type']>,
      ...(isSet(row.source_id) && { source_id: cellText(row.source_id) }),
    },
    create_time: writeTime(Number(row.created_timestamp)),
    last_update_time: writeTime(Number(row.last_updated_timestamp)),
    ...contentOf(row),
    ...(isSet(row.rationale) && { rationale: cellText(row.rationale) }),
    ...(isSet(row.assessment_metadata) && { metadata: stringValues(parseJson(row.assessment_metadata)) }),
    ...(isSet(row.overrides) && { overrides: cellText(row.overrides) }),
    valid: row.valid !== 0,
  }))
}

function contentOf({ assessment_type, value, error }: ForeignRow): Partial<Assessment> {
  if (assessment_type === 'issue') return { issue: parseJson(value) as { issue_name: string } }
  if (assessment_type === 'feedback')
    return {
      feedback: {
        value: parseJson(value),
        ...(isSet(error) && { error: withoutNulls(parseJson(error) as object) }),
      },
    }
  return {
    expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: cellText(value) } },
  }
}

/** Returns the text itself when it is not JSON, such as Python's NaN. */
function parseJson(json: unknown): unknown {
  try {
    return JSON.parse(cellText(json))
  } catch {
    return cellText(json)
  }
}

const stringValues = (metadata: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metadata as object).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
