import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { truncate } from '@cairn/platform/text/length'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import type { Entry, EntryInput } from './entry.js'

const MAX_KEY = 250
const MAX_VALUE = 8000
const ENTRY: Columns = { trace_id: 'text', key: 'text', value: 'text', position: 'bigint' }

/** Tags and metadata that the server writes or reads. */
export const TRACE_TAG = {
  ARTIFACTS: 'mlflow.artifactLocation',
  SPANS: 'mlflow.trace.spansLocation',
  NAME: 'mlflow.traceName',
} as const
export const TRACE_METADATA = {
  /** Set when the client has recorded the trace; its spans do not change its times after that. */
  FINAL: 'mlflow.trace.infoFinalized',
  RUN: 'mlflow.sourceRun',
  SESSION: 'mlflow.trace.session',
  USER: 'mlflow.trace.user',
  USAGE: 'mlflow.trace.tokenUsage',
  COST: 'mlflow.trace.cost',
  SIZE: 'mlflow.trace.sizeStats',
} as const
/** Value of the tag `SPANS` for traces whose spans are in this database. */
export const TRACKING_STORE = 'TRACKING_STORE'

/** Tags that only the server may set. */
export const RESERVED_TAGS: readonly string[] = [TRACE_TAG.ARTIFACTS, TRACE_TAG.SPANS]

/** @throws INVALID_PARAMETER_VALUE in MLflow's words, also for reserved tags */
export function toTraceTag({ key, value = '' }: EntryInput): Entry {
  checkKey(key, 'key')
  checkKeyLength(key, 'key')
  rejectReservedTag(key, 'set')
  return { key, value: truncate(value, MAX_VALUE) }
}

export function rejectReservedTag(key: string, change: 'set' | 'deleted'): void {
  if (RESERVED_TAGS.includes(key)) throw immutable(key, change)
}

const immutable = (key: string, change: string) =>
  invalid(`Tag '${key}' is immutable and cannot be ${change} on a trace.`)

/** Entries recorded with a trace: truncated to the limits, without reserved tags. */
export const toTraceEntries = (map: Readonly<Record<string, string>> = {}): Entry[] =>
  Object.entries(map)
    .filter(([key]) => !RESERVED_TAGS.includes(key))
    .map(([key, value]) => ({ key: truncate(key, MAX_KEY), value: truncate(value, MAX_VALUE) }))

export interface TraceEntry extends Entry {
  readonly trace_id: string
}

/** Sets tags or metadata of any number of traces; the last of equal keys wins. `keepExisting` does not overwrite. */
export async function putTraceEntries(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  table: 'trace_tags' | 'trace_metadata',
  entries: readonly TraceEntry[],
  clock: Clock,
  keepExisting = false,
): Promise<void> {
  const last = new Map(entries.map((entry) => [`${entry.trace_id} ${entry.key}`, entry]))
  if (last.size === 0) return
  const rows = clock.positioned([...last.values()])
  const action = keepExisting ? sql`do nothing` : sql`do update set value = excluded.value`
  await sql`insert into ${sql.table(table)} (trace_id, key, value, position)
    select trace_id, key, value, position from ${dialect.rows(rows, ENTRY)} as entry where true
    on conflict (trace_id, key) ${action}`.execute(tx)
}

/** Returns the tag that a span names, or none if clients could not set it either. */
export function toTagIfValid(key: string, value: string): Entry[] {
  try {
    return key === '' ? [] : [toTraceTag({ key, value })]
  } catch {
    return []
  }
}

/** Groups rows by trace and key. */
export function groupByTrace<T>(
  rows: readonly { readonly trace_id: string; readonly key: string; readonly value: T }[],
): Map<string, Map<string, T>> {
  const byTrace = new Map<string, Map<string, T>>()
  for (const { trace_id, key, value } of rows)
    byTrace.set(trace_id, (byTrace.get(trace_id) ?? new Map<string, T>()).set(key, value))
  return byTrace
}
