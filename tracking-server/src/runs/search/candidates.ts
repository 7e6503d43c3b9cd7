import type { Db } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import type { Filter } from '@cairn/platform/search/filter'
import type { Condition } from '@cairn/platform/search/language'
import { compare } from '@cairn/platform/search/where'
import { firstCharacters } from '@cairn/platform/text/first-characters'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { INDEXED_PREFIX } from '../../entries/indexed-prefix.js'
import { inExperiments } from '../../experiments/in-experiments.js'
import type { TrackingSchema } from '../../schema.js'
import { indexPartitions, unionAll } from '../value-index.js'

/**
 * The number of runs that are read and sorted in the time of scanning an ordering until a page is found, in databases of up
 * to a million runs.
 */
export const MAX_CANDIDATES = 3000
const SEPARATOR = ','
const RANGES = new Set(['=', '<', '<=', '>', '>='])

/**
 * Returns the ids of the runs that satisfy one comparison of the filter, if an index shows that they are few. Some of them may
 * not match the filter. Returns undefined if scanning the ordering and testing each run is cheaper.
 */
export async function candidateRuns(
  db: Db<TrackingSchema>,
  filter: Filter<Condition>,
  experiments: readonly number[],
  max: number,
): Promise<readonly string[] | undefined> {
  for (const clause of filter) {
    const found = 'anyOf' in clause ? undefined : selectCandidates(clause, experiments, db.dialect)
    if (!found) continue
    const { rows } = await sql<{ ids: string | null }>`select ${idsUpTo(max)} as ids
      from (${found} limit ${max + 1}) as candidates`.execute(db.read)
    const { ids } = rows[0]!
    if (ids !== null) return ids ? ids.split(SEPARATOR) : []
  }
  return undefined
}

/** Returns one string or null, because sending thousands of rows would take longer than finding them. */
const idsUpTo = (max: number) =>
  sql`case when count(*) <= ${max} then coalesce(string_agg(run_id, ${sql.lit(SEPARATOR)}), '') end`

/** Selects the ids that satisfy a comparison from a covering index. @returns undefined if no index covers it */
function selectCandidates(
  { entity, key, comparator, value }: Condition,
  experiments: readonly number[],
  dialect: Dialect,
): RawBuilder<unknown> | undefined {
  const from = (table: string, condition: RawBuilder<SqlBool>) =>
    sql`select run_id from ${sql.table(table)} where ${inExperiments(experiments)} and ${condition}`
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
  const prefix = sql`substr(value, 1, ${sql.lit(INDEXED_PREFIX)})`
  const cut =
    typeof value === 'object'
      ? (value ?? []).map((one) => firstCharacters(one, INDEXED_PREFIX))
      : firstCharacters(String(value), INDEXED_PREFIX)
  const table = entity === 'tag' ? 'tags' : 'params'
  const condition = sql<SqlBool>`key = ${key} and ${compare(prefix, comparator, cut)}`
  return unionAll(indexPartitions(table, dialect).map((part) => from(table, sql`${part} and ${condition}`)))
}
