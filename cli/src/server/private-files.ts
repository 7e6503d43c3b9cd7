import { chmod, lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '@cairn/platform/db/dialect'

const OTHERS = 0o077
/** All rights of others, except that of a group to pass through a folder (`platform/src/processes/share-folders.ts`). */
const EXPOSED = 0o067
const STICKY = 0o1000

/** The files and folders that servers create in a data folder. */
const OWN =
  /^(cairn\.db|server\.lock|webhook-secrets\.key|secrets\.key|artifacts$|cache$|checkpoints$|inference-tables$)/

/**
 * Makes all files that this process and its children write from now on readable by its user only, those of libraries too. For
 * commands that write a data folder, because the mask applies to the whole process.
 */
export const keepFilesPrivate = () => void process.umask(process.umask() | OTHERS)

export type Privacy = 'private' | 'made private' | 'open'

/**
 * Takes the rights of others from a data folder that an earlier release created, and from the entries that servers created in it.
 * The latter also in a private folder: a Python model that runs as another user may pass through it. Files further down keep
 * theirs, since others do not get that far.
 *
 * @returns `open` for a folder that belongs to another user, or that users share, such as `/tmp`
 */
export async function makePrivate(folder: string): Promise<Privacy> {
  const { mode } = await stat(folder)
  if (mode & STICKY) return 'open'
  const isExposed = (mode & EXPOSED) !== 0
  try {
    if (isExposed) await chmod(folder, 0o700)
    for (const entry of await readdir(folder)) if (OWN.test(entry)) await closeEntry(join(folder, entry))
    return isExposed ? 'made private' : 'private'
  } catch (error) {
    if (hasCode(error, 'EPERM', 'EROFS')) return 'open'
    throw error
  }
}

/** Skips links, and entries that vanish meanwhile, such as a log of SQLite. */
async function closeEntry(path: string): Promise<void> {
  const status = await lstat(path).catch(() => undefined)
  if (!status || !(status.isFile() || status.isDirectory()) || (status.mode & EXPOSED) === 0) return
  await chmod(path, status.mode & 0o700).catch((error) => {
    if (!hasCode(error, 'ENOENT')) throw error
  })
}
