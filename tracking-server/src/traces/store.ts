import type { Db, Transaction } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { missing, missingParameter } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import type { TraceInfo } from '@cairn/platform/protocol/mlflow/traces'
import { sql } from 'kysely'
import { insertAssessments } from '../assessments/insert.js'
import { parseAssessment } from '../assessments/wire.js'
import type { Clock } from '../clock.js'
import type { Entry, EntryInput } from '../entries/entry.js'
import {
  putTraceEntries,
  rejectReservedTag,
  TRACE_METADATA,
  TRACE_TAG,
  toTraceEntries,
  toTraceTag,
} from '../entries/trace-entries.js'
import { getActiveExperiment } from '../experiments/find.js'
import { appendPath } from '../experiments/location.js'
import { lockTrace } from '../lock-trace.js'
import { readDuration, readTime } from '../protobuf-time.js'
import type { ExperimentRow, TrackingSchema } from '../schema.js'
import { putClientUsage } from '../spans/usage.js'
import type { TraceChanges } from '../trace-changes.js'
import { readTraces } from './read-traces.js'
import type { TraceRow } from './schema.js'

export const noSuchTrace = (id: string) => missing(`Trace with ID '${id}' not found.`)

/** Stores traces without their spans. */
export class TraceStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock
  readonly #changes: TraceChanges

  constructor(db: Db<TrackingSchema>, clock: Clock, changes: TraceChanges) {
    this.#db = db
    this.#clock = clock
    this.#changes = changes
  }

  /**
   * Records a trace. Its spans may have arrived before and created it. Values derived from them are replaced, and tags stay.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for the experiment, INVALID_PARAMETER_VALUE when it is deleted
   */
  async start(info: TraceInfo): Promise<TraceInfo> {
    const { trace_id, trace_location, assessments = [] } = info
    const experiment = trace_location.mlflow_experiment?.experiment_id
    if (!experiment) throw missingParameter('trace.trace_info.trace_location.mlflow_experiment.experiment_id')
    const row = toTraceRow(info)
    const newAssessments = assessments.map((one, i) =>
      parseAssessment(one, this.#clock.now(), `trace.trace_info.assessments[${i}]`),
    )
    const { experiment_id } = await this.#db.transaction(async (tx) => {
      const found = await getActiveExperiment(tx, experiment)
      await putTrace(tx, { ...row, experiment_id: found.experiment_id })
      const metadata = [...toTraceEntries(info.trace_metadata), { key: TRACE_METADATA.FINAL, value: 'true' }]
      await this.#putMetadata(tx, trace_id, metadata)
      await this.#putEntries(tx, 'trace_tags', trace_id, [
        ...toTraceEntries(info.tags),
        artifactLocationTag(found, trace_id),
      ])
      await insertAssessments(tx, trace_id, newAssessments, this.#clock)
      return found
    })
    this.#changes.announce([{ trace_id, experiment_id }])
    return this.get(trace_id)
  }

  /** Starts a trace for clients before MLflow 3. @throws like `start` */
  async begin(
    experimentId: string,
    timestamp_ms: number,
    metadata: readonly EntryInput[],
    tags: readonly EntryInput[],
  ): Promise<TraceInfo> {
    const trace_id = `tr-${newId()}`
    const { experiment_id } = await this.#db.transaction(async (tx) => {
      const found = await getActiveExperiment(tx, experimentId)
      await putTrace(tx, {
        ...NO_OPTIONAL_COLUMNS,
        trace_id,
        experiment_id: found.experiment_id,
        timestamp_ms,
        status: 'IN_PROGRESS',
      })
      await this.#putMetadata(tx, trace_id, toEntries(metadata))
      await this.#putEntries(tx, 'trace_tags', trace_id, [
        ...toEntries(tags),
        artifactLocationTag(found, trace_id),
      ])
      return found
    })
    this.#changes.announce([{ trace_id, experiment_id }])
    return this.get(trace_id)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async end(
    traceId: string,
    timestamp_ms: number,
    status: string,
    metadata: readonly EntryInput[],
    tags: readonly EntryInput[],
  ): Promise<TraceInfo> {
    const changed = await this.#db.transaction(async (tx) => {
      const row = await lockExistingTrace(tx, traceId)
      const change = { status, execution_time_ms: timestamp_ms - row.timestamp_ms }
      await tx.updateTable('traces').set(change).where('trace_id', '=', traceId).execute()
      await this.#putMetadata(tx, traceId, toEntries(metadata))
      await this.#putEntries(tx, 'trace_tags', traceId, toEntries(tags))
      return row
    })
    this.#changes.announce([changed])
    return this.get(traceId)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(traceId: string): Promise<TraceInfo> {
    return (await readTraces(this.#db, [await find(this.#db.read, traceId)]))[0]!
  }

  /** Returns the traces that exist, in the order of `ids`. */
  async list(ids: readonly string[]): Promise<TraceInfo[]> {
    if (ids.length === 0) return []
    const { rows } = await sql<TraceRow>`select traces.* from ${idRows(this.#db.dialect, ids)} as wanted
      cross join traces where traces.trace_id = wanted.id`.execute(this.#db.read)
    const byId = new Map(rows.map((row) => [row.trace_id, row]))
    return readTraces(
      this.#db,
      [...new Set(ids)].flatMap((id) => byId.get(id) ?? []),
    )
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE in MLflow's words */
  async putTag(traceId: string, tag: EntryInput): Promise<void> {
    const entry = toTraceTag(tag)
    const changed = await this.#db.transaction(async (tx) => {
      const row = await lockExistingTrace(tx, traceId)
      await this.#putEntries(tx, 'trace_tags', traceId, [entry])
      return row
    })
    this.#changes.announce([changed])
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the trace and for the tag */
  async deleteTag(traceId: string, key: string): Promise<void> {
    rejectReservedTag(key, 'deleted')
    const changed = await this.#db.transaction(async (tx) => {
      const row = await find(tx, traceId)
      const { numDeletedRows } = await tx
        .deleteFrom('trace_tags')
        .where('trace_id', '=', traceId)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n)
        throw missing(`No trace tag with key '${key}' for trace with ID '${traceId}'`)
      return row
    })
    this.#changes.announce([changed])
  }

  async #putMetadata(tx: Transaction<TrackingSchema>, trace_id: string, entries: readonly Entry[]) {
    await this.#putEntries(tx, 'trace_metadata', trace_id, entries)
    await putClientUsage(tx, this.#db.dialect, trace_id, entries)
  }

  #putEntries(
    tx: Transaction<TrackingSchema>,
    table: 'trace_tags' | 'trace_metadata',
    trace_id: string,
    entries: readonly Entry[],
  ) {
    const rows = entries.map((entry) => ({ ...entry, trace_id }))
    return putTraceEntries(tx, this.#db.dialect, table, rows, this.#clock)
  }
}

const NO_OPTIONAL_COLUMNS = {
  execution_time_ms: null,
  client_request_id: null,
  request_preview: null,
  response_preview: null,
}

export const toTraceRow = (info: TraceInfo): Omit<TraceRow, 'experiment_id'> => ({
  trace_id: info.trace_id,
  timestamp_ms: info.request_time ? readTime(info.request_time, 'trace.trace_info.request_time') : 0,
  execution_time_ms: info.execution_duration
    ? readDuration(info.execution_duration, 'trace.trace_info.execution_duration')
    : null,
  status: info.state ?? 'STATE_UNSPECIFIED',
  client_request_id: info.client_request_id ?? null,
  request_preview: info.request_preview ?? null,
  response_preview: info.response_preview ?? null,
})

const toEntries = (entries: readonly EntryInput[]) =>
  toTraceEntries(Object.fromEntries(entries.map(({ key, value = '' }) => [key, value])))

/** Returns the tag that tells clients where to store artifacts of the trace, such as attachments. */
export const artifactLocationTag = ({ artifact_location }: ExperimentRow, traceId: string): Entry => ({
  key: TRACE_TAG.ARTIFACTS,
  value: appendPath(artifact_location, 'traces', traceId, 'artifacts'),
})

export async function putTrace(tx: Transaction<TrackingSchema>, row: TraceRow): Promise<void> {
  await tx
    .insertInto('traces')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('trace_id').doUpdateSet({
        experiment_id: row.experiment_id,
        timestamp_ms: row.timestamp_ms,
        execution_time_ms: row.execution_time_ms,
        status: row.status,
        client_request_id: row.client_request_id,
        request_preview: sql`coalesce(excluded.request_preview, traces.request_preview)`,
        response_preview: sql`coalesce(excluded.response_preview, traces.response_preview)`,
      }),
    )
    .execute()
}

async function find(db: Transaction<TrackingSchema>, traceId: string): Promise<TraceRow> {
  const row = await db.selectFrom('traces').selectAll().where('trace_id', '=', traceId).executeTakeFirst()
  if (!row) throw noSuchTrace(traceId)
  return row
}

/** @throws RESOURCE_DOES_NOT_EXIST */
async function lockExistingTrace(tx: Transaction<TrackingSchema>, traceId: string): Promise<TraceRow> {
  const row = await lockTrace(tx, traceId)
  if (!row) throw noSuchTrace(traceId)
  return row
}
