import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import type { CompareRuns } from '@cairn/platform/protocol/cairn/run-tables'
import type { Output } from '@cairn/platform/protocol/operation'
import { type RawBuilder, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { inPacedBatches } from './paced-batches.js'

/** Values of one key in a batch of runs. */
interface KeySummary<Value> {
  readonly key: string
  readonly count: number
  /** Null if all values are NaN. */
  readonly min: Value | null
  readonly max: Value | null
}

interface MetricSummary extends KeySummary<number> {
  /** Number of values that are NaN. */
  readonly nans: number
  readonly last_step: number
}

/** Summarizes the logged metrics, parameters and tags of runs by key. Yields to the event loop between batches of runs. */
export async function compareRuns(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
): Promise<Output<typeof CompareRuns>> {
  const metrics = new Map<string, MetricSummary>()
  const params = new Map<string, KeySummary<string>>()
  const tags = new Map<string, KeySummary<string>>()
  await inPacedBatches([...new Set(runIds)], async (batch) => {
    const ids = idRows(db.dialect, batch)
    for (const one of await summarizeMetrics(db, ids))
      metrics.set(one.key, mergedMetric(metrics.get(one.key), one))
    for (const one of await summarizeEntries(db, 'params', ids))
      params.set(one.key, merged(params.get(one.key), one))
    for (const one of await summarizeEntries(db, 'tags', ids))
      tags.set(one.key, merged(tags.get(one.key), one))
  })
  const entry = ({ key, count, min, max }: KeySummary<string>) => ({ key, count, differs: min !== max })
  return {
    metrics: Array.from(metrics.values(), ({ key, count, min, max, nans, last_step }) => ({
      ...{ key, count, last_step },
      differs: min !== max || (nans > 0 && nans < count),
      ...(min !== null && max !== null && { min, max }),
    })),
    params: Array.from(params.values(), entry),
    tags: Array.from(tags.values(), entry),
  }
}

async function summarizeMetrics(db: Db<TrackingSchema>, ids: RawBuilder<unknown>) {
  const number = sql`case when is_nan = 0 then value end`
  const { rows } = await sql<MetricSummary>`
    select key, cast(count(*) as integer) as count, min(${number}) as min, max(${number}) as max,
      cast(sum(is_nan) as integer) as nans, max(step) as last_step
    from ${ids} as wanted cross join latest_metrics as logged where logged.run_id = wanted.id
    group by key`.execute(db.read)
  return rows
}

async function summarizeEntries(db: Db<TrackingSchema>, table: 'params' | 'tags', ids: RawBuilder<unknown>) {
  const { rows } = await sql<KeySummary<string>>`
    select key, cast(count(*) as integer) as count, min(value) as min, max(value) as max
    from ${ids} as wanted cross join ${sql.table(table)} as logged where logged.run_id = wanted.id
    group by key`.execute(db.read)
  return rows
}

function merged<Value extends string | number>(
  before: KeySummary<Value> | undefined,
  next: KeySummary<Value>,
): KeySummary<Value> {
  if (!before) return next
  const pick = (a: Value | null, b: Value | null, isFirst: (a: Value, b: Value) => boolean) =>
    a === null || (b !== null && isFirst(b, a)) ? b : a
  return {
    key: next.key,
    count: before.count + next.count,
    min: pick(before.min, next.min, (a, b) => a < b),
    max: pick(before.max, next.max, (a, b) => a > b),
  }
}

const mergedMetric = (before: MetricSummary | undefined, next: MetricSummary): MetricSummary => ({
  ...merged(before, next),
  nans: (before?.nans ?? 0) + next.nans,
  last_step: Math.max(before?.last_step ?? next.last_step, next.last_step),
})
