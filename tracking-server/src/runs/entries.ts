import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { together } from '@cairn/platform/db/together'
import { invalid } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import { checkKey, checkKeyLength, cut, quoted } from '../names.js'
import type { TrackingSchema } from '../schema.js'
import type { RunKey } from './active.js'

const MAX_PARAM_VALUE = 6000
const MAX_TAG_VALUE = 8000
const ENTRY: Columns = { key: 'text', value: 'text', position: 'bigint' }

export interface Entry {
  readonly key: string
  readonly value: string
}
/** As a client sends it. */
export interface Given {
  readonly key: string
  readonly value?: string
}

/** @param path of the parameter in the request, e.g. `params[0].` */
export function toParam({ key, value = '' }: Given, path = ''): Entry {
  checkKey(key, `${path}key`)
  checkKeyLength(key, 'Param key')
  return { key, value: cut(value, MAX_PARAM_VALUE) }
}

export function toTag({ key, value = '' }: Given, path = ''): Entry {
  checkKey(key, `${path}key`)
  checkKeyLength(key, `${path}key`)
  return { key, value: cut(value, MAX_TAG_VALUE) }
}

export interface Changed {
  readonly key: string
  readonly old_value: string
  readonly new_value: string
}

/** Adds parameters. @returns those that were there with another value; the caller refuses them */
export async function insertParams(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  { run_id, experiment_id }: RunKey,
  params: readonly Entry[],
  clock: Clock,
): Promise<Changed[]> {
  const source = dialect.rows(positioned(params, clock), ENTRY)
  const { numAffectedRows } = await sql`insert into params (run_id, key, experiment_id, value, position)
    select ${run_id}, key, cast(${experiment_id} as bigint), value, position from ${source} as entry where true
    on conflict (run_id, key) do nothing`.execute(tx)
  if (Number(numAffectedRows) === params.length) return []
  const { rows } = await sql<Changed>`select params.key, params.value as old_value, entry.value as new_value
    from ${source} as entry cross join params
    where params.run_id = ${run_id} and params.key = entry.key and params.value <> entry.value
    order by entry.position`.execute(tx)
  return rows
}

/** As Python would show the list. */
export const describeChanges = (changed: readonly Changed[]) =>
  `[${changed
    .map(
      (one) =>
        `{'key': ${quoted(one.key)}, 'old_value': ${quoted(one.old_value)}, 'new_value': ${quoted(one.new_value)}}`,
    )
    .join(', ')}]`

/** @throws INVALID_PARAMETER_VALUE when a key comes twice, even with equal values */
export function refuseDuplicates(params: readonly Entry[]): void {
  const seen = new Set<string>()
  const twice = params.filter(({ key }) => seen.size === seen.add(key).size).map(({ key }) => quoted(key))
  if (twice.length > 0)
    throw invalid(
      `Duplicate parameter keys have been submitted: [${twice.join(', ')}]. Please ensure the request contains only one param value per param key.`,
    )
}

export const RUN_NAME = 'mlflow.runName'

/** Sets tags; of one key the last wins. The tag of the run's name names the run, unless it is empty. */
export async function putTags(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  run: RunKey,
  tags: readonly Entry[],
  clock: Clock,
): Promise<void> {
  const name = tags.findLast(({ key }) => key === RUN_NAME)?.value
  const kept = name === '' ? tags.filter(({ key }) => key !== RUN_NAME) : tags
  await together(
    putTagRows(tx, dialect, run, kept, clock),
    ...(name
      ? [tx.updateTable('runs').set({ run_name: name }).where('run_id', '=', run.run_id).execute()]
      : []),
  )
}

/** As `putTags`, of a run that has its name already. */
export async function putTagRows(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  { run_id, experiment_id }: RunKey,
  tags: readonly Entry[],
  clock: Clock,
): Promise<void> {
  const last = new Map(tags.map((tag) => [tag.key, tag]))
  if (last.size === 0) return
  const source = dialect.rows(positioned([...last.values()], clock), ENTRY)
  await sql`insert into tags (run_id, key, experiment_id, value, position)
    select ${run_id}, key, cast(${experiment_id} as bigint), value, position from ${source} as entry where true
    on conflict (run_id, key) do update set value = excluded.value`.execute(tx)
}

/** Sorted, so that writers lock rows in one order. */
const positioned = (entries: readonly Entry[], clock: Clock) =>
  clock.positioned(entries).sort((a, b) => (a.key < b.key ? -1 : 1))
