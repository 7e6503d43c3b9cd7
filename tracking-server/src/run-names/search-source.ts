import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import type { SearchHit } from '@cairn/platform/protocol/cairn/search'
import { matchRank } from '@cairn/platform/search/name-match'
import type { SearchQuery, SearchSource } from '@cairn/platform/search/sources'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Limits the rows of a common word, because each of its runs is checked for the other words. */
const MAX_READ = 5_000
/** Limits the matching runs, which are all read before they are ordered. */
const CANDIDATES = 1_000
/** Shorter texts are prefixes of too many ids. */
const MIN_ID = 4
const LAST = '\u{10ffff}'

type Allowed = AllowedObjects | undefined

/**
 * Finds runs by the beginnings of the words in their names, the best match and the newest first, and by the beginning of their
 * ids; logged models and traces by their ids.
 */
export const runSource =
  (db: Db<TrackingSchema>, { objects }: Authorizer): SearchSource =>
  async (query) => {
    const allowed = await objects.allowedObjects(query.principal, ['READ EXPERIMENTS'], 'experiment')
    const [ids, named, models, traces] = await Promise.all([
      runsByIdPrefix(db, query, allowed),
      runsByWords(db, query, allowed),
      modelById(db, query, allowed),
      traceById(db, query, allowed),
    ])
    const runs = [...new Map([...ids, ...named].map((hit) => [hit.id, hit])).values()]
    return [...runs.slice(0, query.limit), ...models, ...traces]
  }

const isAllowed = (allowed: Allowed, column: string): RawBuilder<SqlBool> =>
  allowed ? allowed.has(column) : sql<SqlBool>`1 = 1`

const beginsWith = (column: string, text: string) =>
  sql<SqlBool>`(${sql.ref(column)} >= ${text} and ${sql.ref(column)} < ${text + LAST})`

/** Matches runs that are not deleted and whose experiment is not deleted. */
const isLive = (runId: string) => sql<SqlBool>`exists (select 1 from runs as live
  join experiments as holder on holder.experiment_id = live.experiment_id and holder.lifecycle_stage = 'active'
  where live.run_id = ${sql.ref(runId)} and live.lifecycle_stage = 'active')`

/** Looks up the longest word, which is usually the rarest, and then checks its runs for the other words. */
async function runsByWords(db: Db<TrackingSchema>, query: SearchQuery, allowed: Allowed) {
  const [longest, ...others] = [...query.words].sort((a, b) => b.length - a.length)
  const hasOther = others.map(
    (word) => sql`and exists (select 1 from run_words as other
      where other.run_id = found.run_id and ${beginsWith('other.word', word)})`,
  )
  const first = sql`select run_id from run_words where ${beginsWith('word', longest!)}
    and ${isAllowed(allowed, 'run_words.experiment_id')} limit ${MAX_READ}`
  const found = sql`select distinct found.run_id from (${first}) as found
    where ${isLive('found.run_id')} ${sql.join(hasOther, sql` `)} limit ${CANDIDATES}`
  return readRuns(
    db,
    found,
    allowed,
    sql`${matchRank(db, 'name', query)}, start_time desc, id limit ${query.limit}`,
  )
}

async function runsByIdPrefix(db: Db<TrackingSchema>, { text, limit }: SearchQuery, allowed: Allowed) {
  const id = text.toLowerCase()
  if (id.length < MIN_ID || !/^[0-9a-f]+$/.test(id)) return []
  const found = sql`select run_id from runs where run_id >= ${id} and run_id < ${`${id}g`}
    and ${isAllowed(allowed, 'runs.experiment_id')} and ${isLive('runs.run_id')} order by run_id limit ${CANDIDATES}`
  return readRuns(db, found, allowed, sql`id limit ${limit}`)
}

/**
 * Looks each found run up, because SQLite may start a join with the experiments and read all of their runs. Checks the rights on
 * the experiment of the run itself: rows of words may still have its experiment before a move.
 *
 * @param found ids of runs that are not deleted
 */
async function readRuns(
  db: Db<TrackingSchema>,
  found: RawBuilder<unknown>,
  allowed: Allowed,
  order: RawBuilder<unknown>,
) {
  const { rows } = await sql<RunHitRow>`
    select id, name, experiment_id, experiment from (
      select runs.run_id as id, runs.run_name as name, runs.experiment_id, runs.start_time,
        (select experiments.name from experiments where experiments.experiment_id = runs.experiment_id) as experiment
      from (${found}) as found cross join runs
      where runs.run_id = found.run_id and ${isAllowed(allowed, 'runs.experiment_id')}) as named
    order by ${order}`.execute(db.read)
  return rows.map((row) => onWire('run', row))
}

async function modelById(db: Db<TrackingSchema>, { text }: SearchQuery, allowed: Allowed) {
  if (!text.startsWith('m-')) return []
  const rows = await db.read
    .selectFrom('logged_models')
    .innerJoin('experiments', 'experiments.experiment_id', 'logged_models.experiment_id')
    .select(['logged_models.model_id as id', 'logged_models.name'])
    .select(['experiments.experiment_id', 'experiments.name as experiment'])
    .where('logged_models.model_id', '=', text)
    .where('logged_models.lifecycle_stage', '=', 'active')
    .where('experiments.lifecycle_stage', '=', 'active')
    .where(isAllowed(allowed, 'logged_models.experiment_id'))
    .execute()
  return rows.map((row) => onWire('logged_model', row))
}

async function traceById(db: Db<TrackingSchema>, { text }: SearchQuery, allowed: Allowed) {
  if (!text.startsWith('tr-')) return []
  const rows = await db.read
    .selectFrom('traces')
    .innerJoin('experiments', 'experiments.experiment_id', 'traces.experiment_id')
    .select(['traces.trace_id as id', 'traces.trace_id as name'])
    .select(['experiments.experiment_id', 'experiments.name as experiment'])
    .where('traces.trace_id', '=', text)
    .where('experiments.lifecycle_stage', '=', 'active')
    .where(isAllowed(allowed, 'traces.experiment_id'))
    .execute()
  return rows.map((row) => onWire('trace', row))
}

interface RunHitRow {
  readonly id: string
  readonly name: string
  readonly experiment_id: number
  readonly experiment: string
}

const onWire = (kind: SearchHit['kind'], { experiment_id, ...row }: RunHitRow): SearchHit => ({
  kind,
  ...row,
  experiment_id: String(experiment_id),
})
