import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import { activeExperiment } from '../experiments/find.js'
import type { Entry } from '../runs/entries.js'
import type { ExperimentRow, TrackingSchema } from '../schema.js'
import { METADATA, perTrace, putEntries, TAG, TRACKING_STORE, type TraceEntry } from '../traces/entries.js'
import { linkToRun } from '../traces/links.js'
import type { TraceRow } from '../traces/schema.js'
import { artifactLocation } from '../traces/store.js'
import type { TraceBatch } from './batch.js'
import { type Spent, spentBy } from './spent.js'
import { insertSpans } from './store.js'
import { putTraceAmounts, TOKENS } from './usage.js'
import { dump } from './value.js'

const TRACE: Columns = {
  trace_id: 'text',
  timestamp_ms: 'bigint',
  execution_time_ms: 'bigint',
  status: 'text',
  request_preview: 'text',
  response_preview: 'text',
}

/** Takes spans as they come: in any order, in parts, and again when a client repeats itself. */
export class SpanLog {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /**
   * All or nothing. Traces that are not known yet begin in the experiment; those whose root span is among them are
   * linked to the run, if one is named.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for the experiment or the run, INVALID_PARAMETER_VALUE when it is deleted
   */
  async log(experimentId: string, batches: readonly TraceBatch[], runId?: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const experiment = await activeExperiment(tx, experimentId)
      if (batches.length === 0) return
      const traces = await this.#open(tx, experiment, batches)
      const metadata = await this.#metadata(tx, batches)
      await insertSpans(tx, this.#db.dialect, batches)
      const spent = await spentBy(tx, this.#db.dialect, batches)
      const known = batches.map((batch) => ({
        batch,
        row: traces.get(batch.trace_id)!,
        metadata: metadata.get(batch.trace_id) ?? NONE,
        spent: spent.get(batch.trace_id) ?? {},
      }))
      await this.#update(tx, known)
      await this.#tag(tx, experiment, batches)
      const ended = batches.filter(({ status }) => status).map(({ trace_id }) => trace_id)
      if (runId) await linkToRun(tx, this.#db.dialect, ended, runId)
    })
  }

  /** Makes traces known, and holds those that are until the transaction ends. */
  async #open(
    tx: Transaction<TrackingSchema>,
    { experiment_id }: ExperimentRow,
    batches: readonly TraceBatch[],
  ) {
    const begun = batches.map(({ trace_id, start_ms }) => ({ trace_id, timestamp_ms: start_ms }))
    const source = this.#db.dialect.rows(begun, { trace_id: 'text', timestamp_ms: 'bigint' })
    const { rows } = await sql<TraceRow>`insert into traces (trace_id, experiment_id, timestamp_ms, status)
      select trace_id, cast(${experiment_id} as bigint), timestamp_ms, 'IN_PROGRESS' from ${source} as begun where true
      on conflict (trace_id) do update set status = traces.status returning *`.execute(tx)
    return new Map(rows.map((row) => [row.trace_id, row]))
  }

  /** By key, the key again where a client has counted what is there. */
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
    return perTrace(rows)
  }

  async #update(tx: Transaction<TrackingSchema>, known: readonly Known[]) {
    const rows = this.#db.dialect.rows(known.map(changed), TRACE)
    await sql`update traces set timestamp_ms = new.timestamp_ms, execution_time_ms = new.execution_time_ms,
      status = new.status, request_preview = new.request_preview, response_preview = new.response_preview
      from ${rows} as new where new.trace_id = traces.trace_id`.execute(tx)
    const { dialect } = this.#db
    await putEntries(tx, dialect, 'trace_metadata', known.flatMap(metadataOf), this.#clock)
    await putTraceAmounts(tx, dialect, known.flatMap(amountsOf))
  }

  async #tag(tx: Transaction<TrackingSchema>, experiment: ExperimentRow, batches: readonly TraceBatch[]) {
    const put = (pick: (batch: TraceBatch) => readonly Entry[], keep = false) => {
      const entries = batches.flatMap((batch) =>
        pick(batch).map((entry) => ({ ...entry, trace_id: batch.trace_id })),
      )
      return putEntries(tx, this.#db.dialect, 'trace_tags', entries, this.#clock, keep)
    }
    await put((batch) => [artifactLocation(experiment, batch.trace_id), ...batch.resource], true)
    await put((batch) => [{ key: TAG.SPANS, value: TRACKING_STORE }, ...batch.tags])
  }
}

const NONE: Metadata = new Map()

type Metadata = ReadonlyMap<string, string | null>

/** A trace as it is, and what has come. */
interface Known {
  readonly batch: TraceBatch
  readonly row: TraceRow
  readonly metadata: Metadata
  readonly spent: Spent
}

/** Its times are the widest that its spans tell, unless it has told its own. */
function changed({ batch, row, metadata }: Known): Omit<TraceRow, 'experiment_id' | 'client_request_id'> {
  const { trace_id, status, request_preview, response_preview } = row
  return {
    trace_id,
    ...(metadata.has(METADATA.FINAL) ? ownTimes(row, batch) : widened(row, batch)),
    status: (isOpen(row) && batch.status) || status,
    request_preview: request_preview ?? batch.request_preview ?? null,
    response_preview: response_preview ?? batch.response_preview ?? null,
  }
}

const isOpen = ({ status }: TraceRow) => status === 'IN_PROGRESS' || status === 'STATE_UNSPECIFIED'

/** It began when a client said; when it ends, its spans tell of one that the client has not seen to its end. */
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

/** What a client counted itself is not counted again. */
const counts = ({ metadata }: Known, key: string) => !metadata.get(key)

function metadataOf(known: Known): TraceEntry[] {
  const { batch, metadata, spent } = known
  const entries: [string, string | undefined][] = [
    [METADATA.USAGE, counts(known, METADATA.USAGE) ? spent.tokens && dump(spent.tokens) : undefined],
    [METADATA.COST, counts(known, METADATA.COST) ? spent.costs && dump(spent.costs) : undefined],
    [METADATA.SESSION, metadata.has(METADATA.SESSION) ? undefined : batch.session],
    [METADATA.USER, metadata.has(METADATA.USER) ? undefined : batch.user],
  ]
  return entries.flatMap(([key, value]) =>
    value === undefined ? [] : [{ trace_id: batch.trace_id, key, value }],
  )
}

function amountsOf(known: Known) {
  const { trace_id } = known.batch
  const tokens = counts(known, METADATA.USAGE) ? (known.spent.tokens ?? {}) : {}
  return TOKENS.flatMap((key) =>
    tokens[key] === undefined ? [] : [{ trace_id, key, value: Number(tokens[key]) }],
  )
}
