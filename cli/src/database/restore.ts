import { existsSync, statSync } from 'node:fs'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { openBlobs } from '@cairn/platform/blobs/open'
import type { Config } from '@cairn/platform/config'
import type { Db } from '@cairn/platform/db/db'
import { isSqliteFile } from '@cairn/platform/db/foreign-sqlite'
import { openDb } from '@cairn/platform/db/open'
import { faultsOf, readSnapshot, settleSqlite } from '@cairn/platform/db/sqlite-snapshot'
import { ApiError, missing } from '@cairn/platform/errors'
import { ARTIFACTS, copyBlobs, DATABASE, openStore, sqliteFile } from './backup.js'
import { loadTables } from './load-tables.js'
import { readPortable, synced } from './portable-file.js'
import { dropTables, RESTORING, schemaUrl, swapSchema } from './postgres-schema.js'
import { readTables } from './read-tables.js'
import { migrateAll, refuseNewerVersion, versionOf } from './schema.js'

/**
 * Puts a backup in the place of the database, whichever engine either is of, and brings it up to date. The old one
 * stays until the new one is whole.
 *
 * @throws RESOURCE_ALREADY_EXISTS for a database that is not empty unless `force`, INVALID_STATE for a newer backup
 */
export async function restore(config: Config, from: string, force: boolean): Promise<void> {
  const path = resolve(from)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw missing(`There is no backup ${path}.`)
  const database = found.isDirectory() ? join(path, DATABASE) : path
  const file = sqliteFile(config.database_url)
  if (file) await restoreFile(database, file, force)
  else await restorePostgres(database, config.database_url, force)
  const artifacts = join(path, ARTIFACTS)
  if (found.isDirectory() && existsSync(artifacts))
    await copyBlobs(await openBlobs(artifacts), await openStore(config))
}

async function restoreFile(backup: string, file: string, force: boolean) {
  if (existsSync(file)) refuseInUse(file, force)
  await mkdir(dirname(file), { recursive: true })
  const partial = `${file}.restoring`
  const clear = async () => {
    await clearLogs(partial)
    await rm(partial, { force: true })
  }
  await clear()
  try {
    if (isSqliteFile(backup)) await copySound(backup, partial)
    const db = openDb<unknown>(`sqlite:${partial}`)
    try {
      if (isSqliteFile(backup)) await bringUpToDate(db)
      else await loadTables(db, readPortable(backup))
    } finally {
      await db.close()
    }
    settleSqlite(partial)
    await synced(partial)
    await clearLogs(file)
    await rename(partial, file)
  } finally {
    await clear()
  }
}

/** A log beside a database is taken for its own and replayed into it, whichever database it was of. */
const clearLogs = (file: string) =>
  Promise.all(['-wal', '-shm', '-journal'].map((end) => rm(file + end, { force: true })))

function refuseInUse(file: string, force: boolean) {
  if (!force) throw new ApiError('RESOURCE_ALREADY_EXISTS', `${file} is there already: --force replaces it.`)
  if (!settleSqlite(file))
    throw new ApiError('RESOURCE_CONFLICT', `${file} is in use: stop the server that has it open.`)
}

async function copySound(backup: string, partial: string) {
  const [fault] = faultsOf(backup)
  if (fault) throw new ApiError('INVALID_STATE', `${backup} is not sound (${fault}): take another backup.`)
  await copyFile(backup, partial)
}

async function bringUpToDate(db: Db<unknown>) {
  refuseNewerVersion(await db.engine.snapshot(versionOf))
  await migrateAll(db)
}

/** Beside the old tables, which give way in one transaction. */
async function restorePostgres(backup: string, url: string, force: boolean) {
  const old = openDb<unknown>(url)
  try {
    const { tables } = await old.engine.snapshot(async ({ tables }) => ({ tables }))
    if (tables.length > 0 && !force)
      throw new ApiError(
        'RESOURCE_ALREADY_EXISTS',
        `The database has ${tables.length} tables already: --force replaces them. Stop the servers on it first.`,
      )
    await dropTables(old, RESTORING)
    const restored = openDb<unknown>(schemaUrl(url, RESTORING))
    try {
      await loadInto(restored, backup)
    } finally {
      await restored.close()
    }
    await swapSchema(old, RESTORING)
  } finally {
    await old.close()
  }
}

async function loadInto(db: Db<unknown>, backup: string) {
  if (!isSqliteFile(backup)) return loadTables(db, readPortable(backup))
  await readSnapshot(backup, (snapshot) => loadTables(db, readTables(snapshot, Date.now())))
}
