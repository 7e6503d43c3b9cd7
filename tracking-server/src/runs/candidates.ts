import type { Db } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import type { Filter } from '@cairn/platform/search/filter'
import type { Condition } from '@cairn/platform/search/language'
import { compare } from '@cairn/platform/search/where'
import { firstCharacters } from '@cairn/platform/text/first-characters'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { within } from '../experiments/within.js'
import { INDEXED } from '../indexed.js'
import type { TrackingSchema } from '../schema.js'
import { partsOf, unionAll } from './fresh.js'

/**
 * So many runs are read and sorted in the time in which an ordering is walked until it has shown a page of them, in
 * stores of up to a million runs.
 */
export const MOST_CANDIDATES = 3000
const SEPARATOR = ','
const RANGES = new Set(['=', '<', '<=', '>', '>='])

/**
 * The ids that a search can begin with, when an index says that one of its comparisons leaves few. There may be more
 * of them than match. Undefined: it is better to walk the ordering, and look at each run.
 */
export async function candidateRuns(
  db: Db<TrackingSchema>,
  filter: Filter<Condition>,
  experiments: readonly number[],
  most: number,
): Promise<readonly string[] | undefined> {
  for (const clause of filter) {
    const found = 'anyOf' in clause ? undefined : candidatesOf(clause, experiments, db.dialect)
    if (!found) continue
    const { rows } = await sql<{ ids: string | null }>`select ${idsUpTo(most)} as ids
      from (${found} limit ${most + 1}) as candidates`.execute(db.read)
    const { ids } = rows[0]!
    if (ids !== null) return ids ? ids.split(SEPARATOR) : []
  }
  return undefined
}

/** One text or nothing: thousands of rows would take longer to be sent than to be found. */
const idsUpTo = (most: number) =>
  sql`case when count(*) <= ${most} then coalesce(string_agg(run_id, ${sql.lit(SEPARATOR)}), '') end`

/** What an index alone answers. */
function candidatesOf(
  { entity, key, comparator, value }: Condition,
  experiments: readonly number[],
  dialect: Dialect,
): RawBuilder<unknown> | undefined {
  const from = (table: string, condition: RawBuilder<SqlBool>) =>
    sql`select run_id from ${sql.table(table)} where ${within(experiments)} and ${condition}`
  if (entity === 'metric' && RANGES.has(comparator))
    return from(
      'latest_metrics',
      sql`key = ${key} and is_nan = 0 and ${compare(sql.ref('value'), comparator, value)}`,
    )
  if (comparator !== '=' && comparator !== 'IN') return undefined
  if (entity === 'attribute')
    return key === 'run_id' || key === 'run_name'
      ? from('runs', compare(sql.ref(key), comparator, value))
      : undefined
  if (entity !== 'parameter' && entity !== 'tag') return undefined
  const prefix = sql`substr(value, 1, ${sql.lit(INDEXED)})`
  const cut =
    typeof value === 'object'
      ? (value ?? []).map((one) => firstCharacters(one, INDEXED))
      : firstCharacters(String(value), INDEXED)
  const table = entity === 'tag' ? 'tags' : 'params'
  const condition = sql<SqlBool>`key = ${key} and ${compare(prefix, comparator, cut)}`
  return unionAll(partsOf(table, dialect).map((part) => from(table, sql`${part} and ${condition}`)))
}
