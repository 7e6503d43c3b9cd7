import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { openBlobs, storeUri } from '@cairn/platform/blobs/open'
import { type Config, s3Options } from '@cairn/platform/config'
import type { Snapshot } from '@cairn/platform/db/db'
import { openDb } from '@cairn/platform/db/open'
import { copySqlite, integrityErrors, readSnapshot } from '@cairn/platform/db/sqlite-snapshot'
import { ApiError, missing, unlessMissing } from '@cairn/platform/errors'
import { syncToDisk, writePortable } from './portable-file.js'
import { readTables } from './read-tables.js'

export const ARTIFACTS = 'artifacts'
/** The file name of the database in a backup folder. */
export const DATABASE = 'database'

export interface BackupOptions {
  /** Writes a backup that both engines can restore; always the case for PostgreSQL. */
  readonly portable: boolean
  /** Includes artifacts and governed data; the backup is then a folder. */
  readonly withArtifacts: boolean
}

/**
 * Backs up while servers run. The database comes first, because the artifacts that it references exist already.
 *
 * @throws RESOURCE_ALREADY_EXISTS when the target exists
 */
export async function backup(config: Config, out: string, options: BackupOptions): Promise<void> {
  const target = resolve(out)
  if (existsSync(target))
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `${target} exists already: pass another path.`)
  await mkdir(dirname(target), { recursive: true })
  if (!options.withArtifacts) return backupDatabase(config, target, options.portable)
  await backupFolder(config, target, options.portable)
}

/** The folder appears only when it is complete: missing artifacts would not be noticed later. */
async function backupFolder(config: Config, target: string, portable: boolean) {
  const partial = `${target}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial)
  try {
    await backupDatabase(config, join(partial, DATABASE), portable)
    await copyBlobs(await openStore(config), await openBlobs(join(partial, ARTIFACTS)))
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function backupDatabase(config: Config, target: string, portable: boolean) {
  const file = sqliteFile(config.database_url)
  if (file && !existsSync(file))
    throw missing(`The database ${file} does not exist: pass its folder with --data.`)
  if (file && !portable) return backupFile(file, target)
  const write = (snapshot: Snapshot) => writePortable(target, readTables(snapshot, Date.now()))
  if (file) return readSnapshot(file, write)
  const db = openDb<unknown>(config.database_url)
  try {
    await db.engine.snapshot(write)
  } finally {
    await db.close()
  }
}

async function backupFile(file: string, target: string) {
  const partial = `${target}.partial`
  await rm(partial, { force: true })
  try {
    copySqlite(file, partial)
    const [fault] = integrityErrors(partial)
    if (fault)
      throw new ApiError('INVALID_STATE', `The copy of ${file} is corrupt (${fault}): check the disk.`)
    await syncToDisk(partial)
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** The file of a SQLite database; undefined for PostgreSQL. */
export const sqliteFile = (url: string) =>
  /^postgres(ql)?:/.test(url) ? undefined : resolve(url.replace(/^sqlite:(\/\/)?/, ''))

export const openStore = (config: Config) => openBlobs(storeUri(config), s3Options(config))

/**
 * Copies a store that may change meanwhile, and overwrites existing keys. Files deleted since the listing are skipped,
 * and files written since are copied in their new version.
 *
 * @returns the number of files
 */
export async function copyBlobs(source: Blobs, target: Blobs): Promise<number> {
  let count = 0
  for await (const { key } of source.walk('')) {
    const body = await source.get(key).catch(unlessMissing)
    if (!body) continue
    await target.put(key, body)
    count++
  }
  return count
}
