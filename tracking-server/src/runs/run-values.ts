import type { Db } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import type { ListRunValues } from '@cairn/platform/protocol/cairn/run-tables'
import type { Input } from '@cairn/platform/protocol/operation'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { INDEXED_PREFIX } from '../entries/indexed-prefix.js'
import { parseExperimentId } from '../experiments/id.js'
import type { TrackingSchema } from '../schema.js'
import { indexPartitions } from './value-index.js'

const MAX_VALUES = 50
/** The number of values in which the text is searched. */
const MAX_SEARCHED = 2000

/** Returns the values of a key in an experiment, for completion, without those that are longer than 100 characters. */
export async function listRunValues(
  db: Db<TrackingSchema>,
  { experiment_id, kind, key, search = '' }: Input<typeof ListRunValues>,
): Promise<string[]> {
  const experiment = parseExperimentId(experiment_id)
  const wanted = search.toLowerCase()
  const found = new Set<string>()
  if (kind === 'datasets') for (const value of await datasetValues(db, experiment, key)) found.add(value)
  else
    for (const partition of indexPartitions('owned', db.dialect))
      for (const value of await entryValues(db, experiment, { table: kind, key, partition })) found.add(value)
  return [...found]
    .filter((value) => value.length < INDEXED_PREFIX && value.toLowerCase().includes(wanted))
    .sort()
    .slice(0, MAX_VALUES)
}

async function datasetValues(db: Db<TrackingSchema>, experiment: number, key: string): Promise<string[]> {
  if (key !== 'name' && key !== 'digest')
    throw invalid(`Datasets have no field '${key}'; supported: name, digest.`)
  const rows = await db.read
    .selectFrom('datasets')
    .select(`${key} as value`)
    .distinct()
    .where('experiment_id', '=', experiment)
    .orderBy('value')
    .limit(MAX_SEARCHED)
    .execute()
  return rows.map(({ value }) => value)
}

interface Entries {
  readonly table: 'params' | 'tags'
  readonly key: string
  readonly partition: RawBuilder<SqlBool>
}

/** Seeks from value to value in the index, like `run-keys.ts` from key to key. */
async function entryValues(db: Db<TrackingSchema>, experiment: number, { table, key, partition }: Entries) {
  const prefix = sql`substr(owned.value, 1, ${sql.lit(INDEXED_PREFIX)})`
  const next = (beyond: RawBuilder<unknown>) => sql`(select ${prefix} from ${sql.table(table)} as owned
    where owned.experiment_id = ${experiment} and owned.key = ${key} and ${partition} ${beyond}
    order by ${prefix} limit 1)`
  const { rows } = await sql<{ value: string }>`
    with recursive found(value) as (
      select ${next(sql``)} union all
      select ${next(sql`and ${prefix} > found.value`)} from found where found.value is not null
    ) select value from found where value is not null limit ${MAX_SEARCHED}`.execute(db.read)
  return rows.map(({ value }) => value)
}
