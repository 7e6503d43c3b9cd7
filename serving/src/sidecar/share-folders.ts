import { chmod, lchown, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { UnprivilegedUser } from './unprivileged-user.js'

const GROUP_PASSES = 0o710
/** Shifts the owner's rights to read and to execute to the group. */
const groupReads = (mode: number) => mode | ((mode & 0o500) >> 3)

/**
 * Lets the user read the files of a folder, through its group: the server writes files that only itself can read.
 * Links are left alone, because their targets belong to others.
 */
export async function shareFolder(folder: string, { gid }: UnprivilegedUser): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => !entry.isSymbolicLink())
  for (const path of [folder, ...paths.map((entry) => join(entry.parentPath, entry.name))]) {
    const { uid, mode } = await stat(path)
    await lchown(path, uid, gid)
    await chmod(path, groupReads(mode & 0o7777))
  }
}

/** Creates `folder` and lets the user pass through it, and through its parents up to `root`, without listing them. */
export async function openPassage(root: string, folder: string, { gid }: UnprivilegedUser): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let path = folder; path.startsWith(root); path = dirname(path)) {
    const { uid } = await stat(path)
    await lchown(path, uid, gid)
    await chmod(path, GROUP_PASSES)
    if (path === root) return
  }
}
