import type { Db, Snapshot } from '@cairn/platform/db/db'
import { latestMigration, migrate, numberOf, pendingMigrations } from '@cairn/platform/db/migrate'
import { ApiError } from '@cairn/platform/errors'

/** The folder of migrations of each service, in the order in which they are applied. */
export const MIGRATION_FOLDERS: Readonly<Record<string, URL>> = {
  auth: folder('@cairn/platform/auth/schema'),
  jobs: folder('@cairn/platform/jobs/jobs'),
  events: folder('@cairn/platform/events/schema'),
  tracking: folder('@cairn/tracking-server/plugin'),
  'run-names': folder('@cairn/tracking-server/run-names/words'),
  registry: folder('@cairn/registry/plugin'),
  catalog: folder('@cairn/catalog/plugin'),
  serving: folder('@cairn/serving/plugin'),
  workspace: folder('@cairn/workspace/plugin'),
  pipelines: folder('@cairn/pipelines/plugin'),
}

function folder(sibling: string): URL {
  return new URL('./migrations/', import.meta.resolve(sibling))
}

/** The number of the last migration of each service; services without migrations are absent. */
export type SchemaVersion = Readonly<Record<string, number>>

/** Migrates the schema to the latest version, or to `upTo`. @throws INVALID_STATE when it is newer than this release */
export async function migrateAll(db: Db<unknown>, upTo?: SchemaVersion): Promise<void> {
  for (const [service, url] of Object.entries(MIGRATION_FOLDERS)) {
    if (upTo && upTo[service] === undefined) continue
    await migrate(db, service, url, upTo ? { upTo: upTo[service]! } : {})
  }
}

/** @throws INVALID_STATE for a version that this release does not know */
export function rejectNewerVersion(version: SchemaVersion): void {
  for (const [service, number] of Object.entries(version)) {
    const url = MIGRATION_FOLDERS[service]
    if (url && number <= latestMigration(url)) continue
    throw new ApiError(
      'INVALID_STATE',
      `The backup is from a newer release: it has migration ${number} of '${service}'. Restore it with that release.`,
    )
  }
}

export interface PendingMigration {
  readonly service: string
  readonly migration: string
}

/** @throws INVALID_STATE when the schema is newer than this release */
export async function pendingMigrationsOf(db: Db<unknown>): Promise<PendingMigration[]> {
  const lists = Object.entries(MIGRATION_FOLDERS).map(async ([service, url]) =>
    (await pendingMigrations(db, service, url)).map((migration) => ({ service, migration })),
  )
  return (await Promise.all(lists)).flat()
}

/** Reads the schema version of a snapshot. @throws INVALID_STATE for the database of another program */
export async function schemaVersion(snapshot: Snapshot): Promise<SchemaVersion> {
  const migrations = snapshot.tables.find(({ name }) => name === 'migrations')
  if (!migrations)
    throw new ApiError('INVALID_STATE', 'This is not a database of Cairn: it has no table migrations.')
  const version: Record<string, number> = {}
  for await (const rows of snapshot.rows(migrations))
    for (const { service, name } of rows as readonly { service: string; name: string }[])
      version[service] = Math.max(version[service] ?? 0, numberOf(name))
  return version
}
