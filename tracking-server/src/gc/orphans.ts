import { byteOrder } from '@cairn/platform/blobs/path'
import type { Places } from '@cairn/platform/blobs/places'
import type { Db } from '@cairn/platform/db/db'
import type { TrackingSchema } from '../schema.js'
import { known } from './doomed.js'

const KINDS = [
  { table: 'runs', below: '', id: /^[0-9a-f]{32}$/ },
  { table: 'logged_models', below: '/models', id: /^m-[0-9a-f]{32}$/ },
  { table: 'traces', below: '/traces', id: /^tr-[\w-]+$/ },
] as const

/**
 * Folders of the proxied store that have the form of a run's, model's or trace's and belong to none, in order. Direct
 * roots are left alone: others may keep their files there.
 */
export async function* orphanFolders(
  db: Db<TrackingSchema>,
  places: Places,
  after: string,
): AsyncIterable<string> {
  const { blobs } = places.proxied('')
  const experiments = (await blobs.list('')).folders.filter((name) => /^\d+$/.test(name)).sort(byteOrder)
  for (const experiment of experiments) {
    if (byteOrder(experiment, after.split('/')[0]!) < 0) continue
    const found: string[] = []
    for (const { table, below, id } of KINDS) {
      const names = (await blobs.list(experiment + below)).folders.filter((name) => id.test(name))
      const owned = await known(db, table, names)
      found.push(...names.filter((name) => !owned.has(name)).map((name) => `${experiment}${below}/${name}`))
    }
    for (const folder of found.sort(byteOrder)) if (byteOrder(folder, after) > 0) yield folder
  }
}
