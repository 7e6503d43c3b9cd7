import { chmod, lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError } from '../errors.js'
import { groupReads } from './share-folders.js'
import type { UnprivilegedUser } from './unprivileged-user.js'

/** The rights that are kept: not setuid and not the right of others to write, which would outlast the change of the owner. */
const KEPT_RIGHTS = 0o755

/**
 * Gives what a user wrote to root, and lets the user's group read it. The user must have no process, because it could replace
 * files by links meanwhile.
 *
 * @throws INVALID_STATE for anything but files, folders and links of the user
 */
export async function takeOver(folder: string, user: UnprivilegedUser): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  for (const path of [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))]) {
    const status = await lstat(path)
    const isKnown = status.isFile() || status.isDirectory() || status.isSymbolicLink()
    if (!isKnown || (status.uid !== user.uid && status.uid !== 0))
      throw new ApiError('INVALID_STATE', `The installation left '${path}', which is not its own file.`)
    await lchown(path, 0, user.gid)
    if (!status.isSymbolicLink()) await chmod(path, groupReads(status.mode & KEPT_RIGHTS))
  }
}
