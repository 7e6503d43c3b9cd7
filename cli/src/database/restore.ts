import { existsSync, statSync } from 'node:fs'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { openBlobs } from '@cairn/platform/blobs/open'
import type { Config } from '@cairn/platform/config'
import type { Db } from '@cairn/platform/db/db'
import { openDb } from '@cairn/platform/db/open'
import { foldWriteAheadLog, integrityErrors, readSnapshot } from '@cairn/platform/db/sqlite-snapshot'
import { ApiError, missing } from '@cairn/platform/errors'
import { ARTIFACTS, copyBlobs, DATABASE, openStore, sqliteFile } from './backup.js'
import { isSqliteFile } from './foreign-sqlite.js'
import { loadTables } from './load-tables.js'
import { readPortable, syncToDisk } from './portable-file.js'
import { RESTORING, recreateSchema, replaceTables, schemaUrl } from './postgres-schema.js'
import { readTables } from './read-tables.js'
import { migrateAll, rejectNewerVersion, schemaVersion } from './schema.js'

/**
 * Replaces the database by a backup of either engine, and migrates it to the latest schema. The old database stays until
 * the new one is complete.
 *
 * @throws RESOURCE_ALREADY_EXISTS for a database that is not empty unless `force`, INVALID_STATE for a newer backup
 */
export async function restore(config: Config, from: string, force: boolean): Promise<void> {
  const path = resolve(from)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw missing(`The backup ${path} does not exist.`)
  const database = found.isDirectory() ? join(path, DATABASE) : path
  const file = sqliteFile(config.database_url)
  if (file) await restoreFile(database, file, force)
  else await restorePostgres(database, config.database_url, force)
  const artifacts = join(path, ARTIFACTS)
  if (found.isDirectory() && existsSync(artifacts))
    await copyBlobs(await openBlobs(artifacts), await openStore(config))
}

async function restoreFile(backup: string, file: string, force: boolean) {
  if (existsSync(file)) requireReplaceable(file, force)
  await mkdir(dirname(file), { recursive: true })
  const partial = `${file}.restoring`
  const clear = async () => {
    await clearLogs(partial)
    await rm(partial, { force: true })
  }
  await clear()
  try {
    if (isSqliteFile(backup)) await copyChecked(backup, partial)
    const db = openDb<unknown>(`sqlite:${partial}`)
    try {
      if (isSqliteFile(backup)) await migrateToLatest(db)
      else await loadTables(db, readPortable(backup))
    } finally {
      await db.close()
    }
    foldWriteAheadLog(partial)
    await syncToDisk(partial)
    await clearLogs(file)
    await rename(partial, file)
  } finally {
    await clear()
  }
}

/** SQLite replays a log next to the file into it, even if the log belongs to another database. */
const clearLogs = (file: string) =>
  Promise.all(['-wal', '-shm', '-journal'].map((suffix) => rm(file + suffix, { force: true })))

function requireReplaceable(file: string, force: boolean) {
  if (!force)
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `${file} exists already: replace it with --force.`)
  if (!foldWriteAheadLog(file))
    throw new ApiError('RESOURCE_CONFLICT', `${file} is in use: stop the server that uses it.`)
}

async function copyChecked(backup: string, partial: string) {
  const [fault] = integrityErrors(backup)
  if (fault) throw new ApiError('INVALID_STATE', `${backup} is corrupt (${fault}): use another backup.`)
  await copyFile(backup, partial)
}

async function migrateToLatest(db: Db<unknown>) {
  rejectNewerVersion(await db.engine.snapshot(schemaVersion))
  await migrateAll(db)
}

/** Restores into a separate schema, then replaces the tables in one transaction. */
async function restorePostgres(backup: string, url: string, force: boolean) {
  const old = openDb<unknown>(url)
  try {
    const { tables } = await old.engine.snapshot(async ({ tables }) => ({ tables }))
    if (tables.length > 0 && !force)
      throw new ApiError(
        'RESOURCE_ALREADY_EXISTS',
        `The database has ${tables.length} tables already: stop its servers and replace them with --force.`,
      )
    await recreateSchema(old, RESTORING)
    const restored = openDb<unknown>(schemaUrl(url, RESTORING))
    try {
      await loadInto(restored, backup)
    } finally {
      await restored.close()
    }
    await replaceTables(old, RESTORING)
  } finally {
    await old.close()
  }
}

async function loadInto(db: Db<unknown>, backup: string) {
  if (!isSqliteFile(backup)) return loadTables(db, readPortable(backup))
  await readSnapshot(backup, (snapshot) => loadTables(db, readTables(snapshot, Date.now())))
}
