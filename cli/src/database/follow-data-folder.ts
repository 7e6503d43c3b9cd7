import { sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '@cairn/platform/config'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { sql } from 'kysely'

/** Columns with absolute locations, if an administrator chose a folder as artifact root. */
const LOCATIONS = [
  ['experiments', 'artifact_location'],
  ['runs', 'artifact_uri'],
  ['logged_models', 'artifact_uri'],
  ['model_versions', 'source'],
  ['model_versions', 'storage_location'],
] as const

/**
 * Rewrites absolute locations of artifacts below the data folder when the folder was moved, copied or restored elsewhere.
 * Most locations are relative and need nothing. Only for a database in the folder: others may have several data folders.
 *
 * @returns the folder at the last start, if it was another one
 */
export async function followDataFolder(
  db: Db<unknown>,
  { data, database_url }: Pick<Config, 'data' | 'database_url'>,
): Promise<string | undefined> {
  if (!fileOf(database_url)?.startsWith(data + sep)) return undefined
  const known = await db.engine.snapshot(async ({ tables }) => new Set(tables.map(({ name }) => name)))
  if (!known.has('data_folder')) return undefined // a server without tracking
  const { rows } = await sql<{ path: string }>`select path from data_folder`.execute(db.read)
  const before = rows[0]?.path
  if (before === data) return undefined
  await db.transaction(async (tx) => {
    const columns = LOCATIONS.filter(([table]) => known.has(table))
    if (before !== undefined) for (const column of columns) await rewrite(tx, column, before, data)
    await sql`delete from data_folder`.execute(tx)
    await sql`insert into data_folder (path) values (${data})`.execute(tx)
  })
  return before
}

const fileOf = (url: string) => (url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : undefined)

async function rewrite(
  tx: Transaction<unknown>,
  [table, column]: (typeof LOCATIONS)[number],
  before: string,
  after: string,
) {
  const spellings = [
    [before, after],
    [pathToFileURL(before).href, pathToFileURL(after).href],
  ] as const
  for (const [from, to] of spellings)
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${to} || substr(${sql.ref(column)}, length(${from}) + 1)
      where substr(${sql.ref(column)}, 1, length(${from}) + 1) = ${`${from}/`}`.execute(tx)
}
