import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { Entry } from '../entries/entry.js'
import {
  groupByTrace,
  putTraceEntries,
  TRACE_METADATA,
  TRACE_TAG,
  TRACKING_STORE,
  type TraceEntry,
} from '../entries/trace-entries.js'
import { getActiveExperiment } from '../experiments/find.js'
import type { ExperimentRow, TrackingSchema } from '../schema.js'
import { insertSpans } from '../spans/store.js'
import { readTotalUsage, type TotalUsage } from '../spans/total-usage.js'
import type { TraceBatch } from '../spans/trace-batch.js'
import { putTraceUsage, TOKEN_KINDS } from '../spans/usage.js'
import { dump } from '../spans/value.js'
import type { TraceChanges } from '../trace-changes.js'
import { linkToRun } from './links.js'
import type { TraceRow } from './schema.js'
import { artifactLocationTag } from './store.js'

const TRACE: Columns = {
  trace_id: 'text',
  timestamp_ms: 'bigint',
  execution_time_ms: 'bigint',
  status: 'text',
  request_preview: 'text',
  response_preview: 'text',
}

/** Stores spans, which may arrive in any order, in several requests, and repeatedly. */
export class SpanLog {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock
  readonly #changes: TraceChanges

  constructor(db: Db<TrackingSchema>, clock: Clock, changes: TraceChanges) {
    this.#db = db
    this.#clock = clock
    this.#changes = changes
  }

  /**
   * Stores spans atomically. Unknown traces are created in the experiment. Traces whose root span is among the spans are
   * linked to the run, if one is given.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for the experiment or the run, INVALID_PARAMETER_VALUE when it is deleted
   */
  async log(experimentId: string, batches: readonly TraceBatch[], runId?: string): Promise<void> {
    const changed = await this.#db.transaction(async (tx) => {
      const experiment = await getActiveExperiment(tx, experimentId)
      if (batches.length === 0) return []
      const traces = await this.#open(tx, experiment, batches)
      const metadata = await this.#metadata(tx, batches)
      await insertSpans(tx, this.#db.dialect, batches)
      const usage = await readTotalUsage(tx, this.#db.dialect, batches)
      const known = batches.map((batch) => ({
        batch,
        row: traces.get(batch.trace_id)!,
        metadata: metadata.get(batch.trace_id) ?? NO_METADATA,
        usage: usage.get(batch.trace_id) ?? {},
      }))
      await this.#update(tx, known)
      await this.#tag(tx, experiment, batches)
      const ended = batches.filter(({ status }) => status).map(({ trace_id }) => trace_id)
      if (runId) await linkToRun(tx, this.#db.dialect, ended, runId)
      return [...traces.values()]
    })
    this.#changes.announce(changed)
  }

  /** Creates missing traces and locks the rows of existing ones. */
  async #open(
    tx: Transaction<TrackingSchema>,
    { experiment_id }: ExperimentRow,
    batches: readonly TraceBatch[],
  ) {
    const started = batches.map(({ trace_id, start_ms }) => ({ trace_id, timestamp_ms: start_ms }))
    const source = this.#db.dialect.rows(started, { trace_id: 'text', timestamp_ms: 'bigint' })
    const { rows } = await sql<TraceRow>`insert into traces (trace_id, experiment_id, timestamp_ms, status)
      select trace_id, cast(${experiment_id} as bigint), timestamp_ms, 'IN_PROGRESS' from ${source} as begun where true
      on conflict (trace_id) do update set status = traces.status returning *`.execute(tx)
    return new Map(rows.map((row) => [row.trace_id, row]))
  }

  /** Reads metadata keys of each trace. The value is the key itself if a client has counted that usage, otherwise null. */
  async #metadata(tx: Transaction<TrackingSchema>, batches: readonly TraceBatch[]) {
    const wanted = idRows(
      this.#db.dialect,
      batches.map(({ trace_id }) => trace_id),
    )
    const { rows } = await sql<{ trace_id: string; key: string; value: string | null }>`
      select entry.trace_id, entry.key, counted.key as value
      from ${wanted} as wanted cross join trace_metadata as entry
      left join trace_counts as counted on counted.trace_id = entry.trace_id and counted.key = entry.key
      where entry.trace_id = wanted.id`.execute(tx)
    return groupByTrace(rows)
  }

  async #update(tx: Transaction<TrackingSchema>, known: readonly TraceUpdate[]) {
    const rows = this.#db.dialect.rows(known.map(toTraceColumns), TRACE)
    await sql`update traces set timestamp_ms = new.timestamp_ms, execution_time_ms = new.execution_time_ms,
      status = new.status, request_preview = new.request_preview, response_preview = new.response_preview
      from ${rows} as new where new.trace_id = traces.trace_id`.execute(tx)
    const { dialect } = this.#db
    await putTraceEntries(tx, dialect, 'trace_metadata', known.flatMap(metadataOf), this.#clock)
    await putTraceUsage(tx, dialect, known.flatMap(amountsOf))
  }

  async #tag(tx: Transaction<TrackingSchema>, experiment: ExperimentRow, batches: readonly TraceBatch[]) {
    const put = (pick: (batch: TraceBatch) => readonly Entry[], keepExisting = false) => {
      const entries = batches.flatMap((batch) =>
        pick(batch).map((entry) => ({ ...entry, trace_id: batch.trace_id })),
      )
      return putTraceEntries(tx, this.#db.dialect, 'trace_tags', entries, this.#clock, keepExisting)
    }
    await put((batch) => [artifactLocationTag(experiment, batch.trace_id), ...batch.resource], true)
    await put((batch) => [{ key: TRACE_TAG.SPANS, value: TRACKING_STORE }, ...batch.tags])
  }
}

const NO_METADATA: Metadata = new Map()

type Metadata = ReadonlyMap<string, string | null>

/** The stored state of a trace and the spans that arrived for it. */
interface TraceUpdate {
  readonly batch: TraceBatch
  readonly row: TraceRow
  readonly metadata: Metadata
  readonly usage: TotalUsage
}

/** Returns the times of a trace, which include those of its spans, unless a client has recorded them. */
function toTraceColumns({
  batch,
  row,
  metadata,
}: TraceUpdate): Omit<TraceRow, 'experiment_id' | 'client_request_id'> {
  const { trace_id, status, request_preview, response_preview } = row
  return {
    trace_id,
    ...(metadata.has(TRACE_METADATA.FINAL) ? ownTimes(row, batch) : widened(row, batch)),
    status: (isOpen(row) && batch.status) || status,
    request_preview: request_preview ?? batch.request_preview ?? null,
    response_preview: response_preview ?? batch.response_preview ?? null,
  }
}

const isOpen = ({ status }: TraceRow) => status === 'IN_PROGRESS' || status === 'STATE_UNSPECIFIED'

/** Keeps the start time that a client recorded. The end follows from the spans until the client records it. */
function ownTimes(row: TraceRow, { end_ms }: TraceBatch) {
  const { timestamp_ms, execution_time_ms: known } = row
  const isSeen = known !== null && !isOpen(row)
  const execution_time_ms =
    isSeen || end_ms === undefined ? known : Math.max(known ?? 0, end_ms - timestamp_ms)
  return { timestamp_ms, execution_time_ms }
}

function widened(row: TraceRow, { start_ms, end_ms }: TraceBatch) {
  const timestamp_ms = Math.min(row.timestamp_ms, start_ms)
  const known = row.execution_time_ms === null ? undefined : row.timestamp_ms + row.execution_time_ms
  const ends = [known, end_ms].filter((end) => end !== undefined)
  return { timestamp_ms, execution_time_ms: ends.length > 0 ? Math.max(...ends) - timestamp_ms : null }
}

/** Usage that a client has counted itself is not computed from spans. */
const isCountedHere = ({ metadata }: TraceUpdate, key: string) => !metadata.get(key)

function metadataOf(known: TraceUpdate): TraceEntry[] {
  const { batch, metadata, usage } = known
  const entries: [string, string | undefined][] = [
    [
      TRACE_METADATA.USAGE,
      isCountedHere(known, TRACE_METADATA.USAGE) ? usage.tokens && dump(usage.tokens) : undefined,
    ],
    [
      TRACE_METADATA.COST,
      isCountedHere(known, TRACE_METADATA.COST) ? usage.costs && dump(usage.costs) : undefined,
    ],
    [TRACE_METADATA.SESSION, metadata.has(TRACE_METADATA.SESSION) ? undefined : batch.session],
    [TRACE_METADATA.USER, metadata.has(TRACE_METADATA.USER) ? undefined : batch.user],
  ]
  return entries.flatMap(([key, value]) =>
    value === undefined ? [] : [{ trace_id: batch.trace_id, key, value }],
  )
}

function amountsOf(known: TraceUpdate) {
  const { trace_id } = known.batch
  const tokens = isCountedHere(known, TRACE_METADATA.USAGE) ? (known.usage.tokens ?? {}) : {}
  return TOKEN_KINDS.flatMap((key) =>
    tokens[key] === undefined ? [] : [{ trace_id, key, value: Number(tokens[key]) }],
  )
}
