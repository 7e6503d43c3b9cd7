import { groupBy } from '@cairn/platform/collections/group-by'
import type { Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import { sql } from 'kysely'
import { groupByTrace } from '../entries/trace-entries.js'
import type { TrackingSchema } from '../schema.js'
import { dedupeUsage, type Parents } from './dedupe-usage.js'
import type { TraceBatch } from './trace-batch.js'
import { COST_KINDS, TOKEN_KINDS, type TraceAmount } from './usage.js'

/** Tokens and costs of all spans of a trace. */
export interface TotalUsage {
  readonly tokens?: Readonly<Record<string, bigint>>
  readonly costs?: Readonly<Record<string, number>>
}

interface SpanAmount extends TraceAmount {
  readonly span_id: string
}

/** Sums usage by trace over all stored spans, so that a span that is sent again counts once. */
export async function readTotalUsage(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  batches: readonly TraceBatch[],
): Promise<Map<string, TotalUsage>> {
  const wanted = idRows(
    dialect,
    batches.map(({ trace_id }) => trace_id),
  )
  const { rows } = await sql<SpanAmount>`
    select amount.trace_id, amount.span_id, amount.key, amount.value from ${wanted} as wanted
    cross join span_metrics as amount where amount.trace_id = wanted.id`.execute(tx)
  const byTrace = groupBy(rows, ({ trace_id }) => trace_id)
  const several = [...byTrace].filter(([, amounts]) => spansOf(amounts).size > 1).map(([id]) => id)
  const parents = await parentsIn(tx, dialect, several)
  return new Map(
    [...byTrace].map(([trace_id, amounts]) => {
      const above = parents.get(trace_id) ?? NO_PARENTS
      const tokens = sumOf(TOKEN_KINDS, amounts, above, (amount) => BigInt(Math.round(amount)))
      const costs = sumOf(COST_KINDS, amounts, above, (amount) => amount)
      return [trace_id, { ...(tokens && { tokens }), ...(costs && { costs }) }]
    }),
  )
}

const NO_PARENTS: Parents = new Map()

const spansOf = (amounts: readonly SpanAmount[]) => new Set(amounts.map(({ span_id }) => span_id))

async function parentsIn(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  traces: readonly string[],
): Promise<ReadonlyMap<string, Parents>> {
  if (traces.length === 0) return new Map()
  const { rows } = await sql<{ trace_id: string; key: string; value: string | null }>`
    select span.trace_id, span.span_id as key, span.parent_span_id as value
    from ${idRows(dialect, traces)} as wanted cross join spans as span where span.trace_id = wanted.id`.execute(
    tx,
  )
  return groupByTrace(rows)
}

/** Returns the sums by kind. Clients expect all kinds, except those of caches. */
function sumOf<T>(
  kinds: readonly string[],
  amounts: readonly SpanAmount[],
  parents: Parents,
  to: (amount: number) => T,
) {
  const reported = new Map<string, Map<string, number>>()
  for (const { span_id, key, value } of amounts) {
    if (!kinds.includes(key)) continue
    const known = reported.get(span_id) ?? new Map<string, number>()
    reported.set(span_id, known.set(key, value))
  }
  const sums = dedupeUsage(reported, parents)
  if (sums.size === 0) return undefined
  const known = kinds.filter((kind) => sums.has(kind) || !kind.startsWith('cache_'))
  return Object.fromEntries(known.map((kind) => [kind, to(sums.get(kind) ?? 0)]))
}
