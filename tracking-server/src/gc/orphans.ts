import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { byteOrder } from '@cairn/platform/blobs/path'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

const KINDS = [
  { table: 'runs', column: 'run_id', below: '', id: /^[0-9a-f]{32}$/ },
  { table: 'logged_models', column: 'model_id', below: '/models', id: /^m-[0-9a-f]{32}$/ },
  { table: 'traces', column: 'trace_id', below: '/traces', id: /^tr-[\w-]+$/ },
] as const

/**
 * Lists, in order, the folders of the proxied store whose names are ids of runs, models or traces that do not exist.
 * Direct stores are not searched, because others may keep files there.
 */
export async function* orphanFolders(
  db: Db<TrackingSchema>,
  locations: ArtifactLocations,
  after: string,
): AsyncIterable<string> {
  const { blobs } = locations.proxied('')
  const experiments = (await blobs.list('')).folders.filter((name) => /^\d+$/.test(name)).sort(byteOrder)
  for (const experiment of experiments) {
    if (byteOrder(experiment, after.split('/')[0]!) < 0) continue
    const found: string[] = []
    for (const { below, id, ...kind } of KINDS) {
      const names = (await blobs.list(experiment + below)).folders.filter((name) => id.test(name))
      const owned = await known(db, kind, names)
      found.push(...names.filter((name) => !owned.has(name)).map((name) => `${experiment}${below}/${name}`))
    }
    for (const folder of found.sort(byteOrder)) if (byteOrder(folder, after) > 0) yield folder
  }
}

/** Returns the ids that exist. */
async function known(
  { read, dialect }: Db<TrackingSchema>,
  { table, column }: { readonly table: string; readonly column: string },
  ids: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select ${sql.ref(column)} as id from ${sql.table(table)}
    where ${sql.ref(column)} in (select id from ${idRows(dialect, ids)} as wanted)`.execute(read)
  return new Set(rows.map(({ id }) => id))
}
