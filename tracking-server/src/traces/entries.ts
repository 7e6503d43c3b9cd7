import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { truncate } from '@cairn/platform/text/length'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { Entry, Given } from '../runs/entries.js'
import type { TrackingSchema } from '../schema.js'

const MAX_KEY = 250
const MAX_VALUE = 8000
const ENTRY: Columns = { trace_id: 'text', key: 'text', value: 'text', position: 'bigint' }

/** Tags and metadata that the server itself writes or reads. */
export const TAG = {
  ARTIFACTS: 'mlflow.artifactLocation',
  SPANS: 'mlflow.trace.spansLocation',
  NAME: 'mlflow.traceName',
} as const
export const METADATA = {
  /** Set once the trace itself was recorded; what its spans tell changes its times no more. */
  FINAL: 'mlflow.trace.infoFinalized',
  RUN: 'mlflow.sourceRun',
  SESSION: 'mlflow.trace.session',
  USER: 'mlflow.trace.user',
  USAGE: 'mlflow.trace.tokenUsage',
  COST: 'mlflow.trace.cost',
  SIZE: 'mlflow.trace.sizeStats',
} as const
/** The value of the tag that says where spans are: here. */
export const TRACKING_STORE = 'TRACKING_STORE'

/** What only the server may say. */
export const OWN: readonly string[] = [TAG.ARTIFACTS, TAG.SPANS]

/** @throws INVALID_PARAMETER_VALUE in MLflow's words, also for what only the server may say */
export function toTraceTag({ key, value = '' }: Given): Entry {
  checkKey(key, 'key')
  checkKeyLength(key, 'key')
  refuseOwn(key, 'set')
  return { key, value: truncate(value, MAX_VALUE) }
}

export function refuseOwn(key: string, change: 'set' | 'deleted'): void {
  if (OWN.includes(key)) throw immutable(key, change)
}

const immutable = (key: string, change: string) =>
  invalid(`Tag '${key}' is immutable and cannot be ${change} on a trace.`)

/** Recorded with a trace: cut to what fits, and without what only the server may say. */
export const entriesOf = (map: Readonly<Record<string, string>> = {}): Entry[] =>
  Object.entries(map)
    .filter(([key]) => !OWN.includes(key))
    .map(([key, value]) => ({ key: truncate(key, MAX_KEY), value: truncate(value, MAX_VALUE) }))

export interface TraceEntry extends Entry {
  readonly trace_id: string
}

/** Sets tags or metadata of any number of traces; of one key the last wins. `keep` leaves what is there as it is. */
export async function putEntries(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  table: 'trace_tags' | 'trace_metadata',
  entries: readonly TraceEntry[],
  clock: Clock,
  keep = false,
): Promise<void> {
  const last = new Map(entries.map((entry) => [`${entry.trace_id} ${entry.key}`, entry]))
  if (last.size === 0) return
  const rows = clock.positioned([...last.values()])
  const action = keep ? sql`do nothing` : sql`do update set value = excluded.value`
  await sql`insert into ${sql.table(table)} (trace_id, key, value, position)
    select trace_id, key, value, position from ${dialect.rows(rows, ENTRY)} as entry where true
    on conflict (trace_id, key) ${action}`.execute(tx)
}

/** A tag that spans tell of; none where it could not be set either. */
export function checkedTag(key: string, value: string): Entry[] {
  try {
    return key === '' ? [] : [toTraceTag({ key, value })]
  } catch {
    return []
  }
}

/** What each trace has by key. */
export function perTrace<T>(
  rows: readonly { readonly trace_id: string; readonly key: string; readonly value: T }[],
): Map<string, Map<string, T>> {
  const byTrace = new Map<string, Map<string, T>>()
  for (const { trace_id, key, value } of rows)
    byTrace.set(trace_id, (byTrace.get(trace_id) ?? new Map<string, T>()).set(key, value))
  return byTrace
}
