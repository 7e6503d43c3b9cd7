import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '@cairn/platform/db/dialect'

const OTHERS = 0o077
/** All rights of others, except that of a group to pass through a folder (`serving/src/sidecar/share-folders.ts`). */
const EXPOSED = 0o067
const STICKY = 0o1000

/** What servers create in a data folder. */
const OWN = /^(cairn\.db|server\.lock|webhook-secrets\.key|artifacts$|cache$|checkpoints$|inference-tables$)/

/**
 * Makes all files that this process and its children write from now on readable by its user only, whatever library writes
 * them. For commands that write a data folder: the mask is one for the whole process.
 */
export const keepFilesPrivate = () => void process.umask(process.umask() | OTHERS)

export type Privacy = 'private' | 'made private' | 'open'

/**
 * Takes the rights of others from a data folder that an earlier release created, and from what servers created in it. Files
 * further down keep theirs: others cannot reach them through a folder that only its owner may pass.
 *
 * @returns `open` for a folder that belongs to another user, or that users share, such as `/tmp`
 */
export async function makePrivate(folder: string): Promise<Privacy> {
  const { mode } = await stat(folder)
  if ((mode & EXPOSED) === 0) return 'private'
  if (mode & STICKY) return 'open'
  try {
    await chmod(folder, 0o700)
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (OWN.test(entry.name) && (entry.isFile() || entry.isDirectory()))
        await chmod(join(folder, entry.name), entry.isDirectory() ? 0o700 : 0o600)
    return 'made private'
  } catch (error) {
    if (hasCode(error, 'EPERM', 'EROFS')) return 'open'
    throw error
  }
}
