import type { Db, Snapshot } from '@cairn/platform/db/db'
import { latestMigration, migrate, numberOf, pendingMigrations } from '@cairn/platform/db/migrate'
import { ApiError } from '@cairn/platform/errors'

/** Where each service keeps its migrations, in the order in which they are applied. */
export const FOLDERS: Readonly<Record<string, URL>> = {
  auth: folder('@cairn/platform/auth/schema'),
  jobs: folder('@cairn/platform/jobs/jobs'),
  events: folder('@cairn/platform/events/schema'),
  tracking: folder('@cairn/tracking-server/plugin'),
  registry: folder('@cairn/registry/plugin'),
  catalog: folder('@cairn/catalog/plugin'),
  serving: folder('@cairn/serving/plugin'),
  pipelines: folder('@cairn/pipelines/plugin'),
}

function folder(neighbour: string): URL {
  return new URL('./migrations/', import.meta.resolve(neighbour))
}

/** The last migration of each service by its number; a service that is absent has none. */
export type SchemaVersion = Readonly<Record<string, number>>

/** Brings the schema up to date, or to a version. @throws INVALID_STATE when it is newer than this release */
export async function migrateAll(db: Db<unknown>, upTo?: SchemaVersion): Promise<void> {
  for (const [service, url] of Object.entries(FOLDERS)) {
    if (upTo && upTo[service] === undefined) continue
    await migrate(db, service, url, upTo ? { upTo: upTo[service]! } : {})
  }
}

/** @throws INVALID_STATE for a version that this release does not know */
export function refuseNewerVersion(version: SchemaVersion): void {
  for (const [service, number] of Object.entries(version)) {
    const url = FOLDERS[service]
    if (url && number <= latestMigration(url)) continue
    throw new ApiError(
      'INVALID_STATE',
      `The backup is of a newer release: it has migration ${number} of '${service}'. Restore it with that release.`,
    )
  }
}

export interface Pending {
  readonly service: string
  readonly migration: string
}

/** What is to be applied. @throws INVALID_STATE when the schema is newer than this release */
export async function pendingOf(db: Db<unknown>): Promise<Pending[]> {
  const lists = Object.entries(FOLDERS).map(async ([service, url]) =>
    (await pendingMigrations(db, service, url)).map((migration) => ({ service, migration })),
  )
  return (await Promise.all(lists)).flat()
}

/** The version of the schema in a snapshot. @throws INVALID_STATE for a database that is none of ours */
export async function versionOf(snapshot: Snapshot): Promise<SchemaVersion> {
  const ledger = snapshot.tables.find(({ name }) => name === 'migrations')
  if (!ledger)
    throw new ApiError('INVALID_STATE', 'This is no database of Cairn: it has no table migrations.')
  const version: Record<string, number> = {}
  for await (const rows of snapshot.rows(ledger))
    for (const { service, name } of rows as readonly { service: string; name: string }[])
      version[service] = Math.max(version[service] ?? 0, numberOf(name))
  return version
}
