import { chmod, lchown, lstat, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { UnprivilegedUser } from './unprivileged-user.js'

const GROUP_PASSES = 0o710
const OTHERS = 0o007
const STICKY = 0o1000
/** Adds the owner's rights to read and to execute for the group. */
export const groupReads = (mode: number) => mode | ((mode & 0o500) >> 3)

/**
 * Lets the user read the files of a folder through its group, because the server writes files that only itself can read.
 * Links stay as they are, because their targets belong to others.
 */
export async function shareFolder(folder: string, { gid }: UnprivilegedUser): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => !entry.isSymbolicLink())
  for (const path of [folder, ...paths.map((entry) => join(entry.parentPath, entry.name))]) {
    const status = await lstat(path)
    if (status.isSymbolicLink()) continue
    await lchown(path, status.uid, gid)
    await chmod(path, groupReads(status.mode & 0o777))
  }
}

/**
 * Creates `folder` and lets the user pass through it, and through its parents up to `root`, without listing them. Other
 * entries of the parents are closed first, because earlier releases relied on a folder that nobody else may enter. Folders
 * that users share, such as `/tmp`, are passable already and stay as they are.
 */
export async function openPassage(root: string, folder: string, { gid }: UnprivilegedUser): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let path = folder; path.startsWith(root); path = dirname(path)) {
    const { uid, mode } = await stat(path)
    if (!(mode & STICKY)) {
      if (path !== folder) await closeEntries(path, uid)
      await lchown(path, uid, gid)
      await chmod(path, GROUP_PASSES)
    }
    if (path === root) return
  }
}

/** Takes the rights of all others from the entries of the owner of a folder. */
async function closeEntries(folder: string, owner: number): Promise<void> {
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry)
    const status = await lstat(path).catch(() => undefined)
    if (!status || status.isSymbolicLink() || status.uid !== owner || (status.mode & OTHERS) === 0) continue
    await chmod(path, status.mode & 0o7777 & ~OTHERS).catch((error) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  }
}
