import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'
import type { Entry } from '../entries/entry.js'
import { TRACE_METADATA } from '../entries/trace-entries.js'
import type { TrackingSchema } from '../schema.js'
import { ATTRIBUTE, type Span } from './span.js'
import { isMap, type Value } from './value.js'

/** The kinds in the order in which MLflow writes them. */
export const TOKEN_KINDS = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const
export const COST_KINDS = ['input_cost', 'output_cost', 'total_cost'] as const

/** Numbers of tokens, or costs, by kind. */
export type Amounts = Readonly<Record<string, number>>

/** Returns the usage that a span reports. */
export const spanUsage = ({ attributes }: Span): Amounts => ({
  ...pickAmounts(attributes[ATTRIBUTE.USAGE], TOKEN_KINDS),
  ...pickAmounts(attributes[ATTRIBUTE.COST], COST_KINDS),
})

/** The largest amount. Larger ones are wrong, and their sums would overflow to infinity. */
const MAX_AMOUNT = Number.MAX_SAFE_INTEGER

function pickAmounts(value: Value | undefined, kinds: readonly string[]): Amounts {
  if (value === undefined || !isMap(value)) return {}
  return Object.fromEntries(
    kinds
      .map((kind) => [kind, Number(value[kind] ?? Number.NaN)] as const)
      .filter(([, amount]) => Math.abs(amount) <= MAX_AMOUNT),
  )
}

const AMOUNT: Columns = { trace_id: 'text', key: 'text', value: 'double precision' }

export interface TraceAmount {
  readonly trace_id: string
  readonly key: string
  readonly value: number
}

/** Stores the tokens of traces, for aggregation over traces. */
export async function putTraceUsage(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  amounts: readonly TraceAmount[],
): Promise<void> {
  if (amounts.length === 0) return
  await sql`insert into trace_metrics (trace_id, key, value)
    select trace_id, key, value from ${dialect.rows(amounts, AMOUNT)} as amount where true
    on conflict (trace_id, key) do update set value = excluded.value`.execute(tx)
}

/** Marks usage that the client has counted itself. Spans that arrive before or after do not change it. */
export async function putClientUsage(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  trace_id: string,
  metadata: readonly Entry[],
): Promise<void> {
  const counted = metadata.filter(({ key }) => key === TRACE_METADATA.USAGE || key === TRACE_METADATA.COST)
  if (counted.length === 0) return
  const rows = counted.map(({ key }) => ({ trace_id, key }))
  await tx
    .insertInto('trace_counts')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute()
  const usage = counted.find(({ key }) => key === TRACE_METADATA.USAGE)
  if (!usage) return
  await tx.deleteFrom('trace_metrics').where('trace_id', '=', trace_id).execute()
  const amounts = Object.entries(pickAmounts(readJson(usage.value), TOKEN_KINDS))
  await putTraceUsage(
    tx,
    dialect,
    amounts.map(([key, value]) => ({ trace_id, key, value })),
  )
}

/** Parses usage. Malformed usage is kept as metadata but not aggregated. */
function readJson(text: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    return null
  }
}
