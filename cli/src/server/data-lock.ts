import { join } from 'node:path'
import type { Config } from '@cairn/platform/config'
import { Database } from '@cairn/platform/db/better-sqlite3'
import { hasCode } from '@cairn/platform/db/dialect'
import { ApiError } from '@cairn/platform/errors'
import { openDataFolder } from './data-folder.js'

export interface DataLock {
  release(): void
}

/**
 * Locks the data folder of a server with an embedded database, which only one process may write. The lock is a write lock of
 * SQLite on a separate file: the operating system releases it when the process ends, however it ends. Servers that share a
 * PostgreSQL may share a folder.
 *
 * @throws RESOURCE_CONFLICT naming the process that holds the lock
 */
export async function lockDataFolder({ data, database_url }: Config): Promise<DataLock> {
  await openDataFolder(data)
  if (!database_url.startsWith('sqlite:')) return { release: () => undefined }
  const file = new Database(join(data, 'server.lock'), { timeout: 0 })
  try {
    writeHolder(file)
    file.exec('begin immediate')
  } catch (error) {
    const holder = readHolder(file)
    file.close()
    if (!hasCode(error, 'SQLITE_BUSY')) throw error
    throw new ApiError(
      'RESOURCE_CONFLICT',
      `Another server${holder} uses the data folder ${data}: stop it, or pass another folder with --data.`,
      { cause: error },
    )
  }
  return { release: () => void file.close() }
}

type LockFile = InstanceType<typeof Database>

/** For the message of other processes. A full disk does not prevent the lock. */
function writeHolder(file: LockFile) {
  try {
    file.exec('create table if not exists holder (pid integer)')
    file.exec(`begin immediate; delete from holder; insert into holder values (${process.pid}); commit`)
  } catch (error) {
    if (!hasCode(error, 'SQLITE_FULL')) throw error
    if (file.inTransaction) file.exec('rollback')
  }
}

function readHolder(file: LockFile): string {
  try {
    const row = file.prepare('select pid from holder').get() as { pid: number } | undefined
    return row ? ` (process ${row.pid})` : ''
  } catch {
    return '' // the other process has not written it yet
  }
}
