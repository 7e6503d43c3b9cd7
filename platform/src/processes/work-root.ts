import { chmod, lstat, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ApiError } from '../errors.js'

const ROOT_FOLDER = '/var/lib/cairn-tasks'
const WRITABLE = 0o022
const PASSABLE = 0o711

/** Returns the parent of working folders. Tools read configuration from parents, so nobody else may write there. */
export const workRoot = (data: string): string =>
  process.getuid?.() === 0 ? ROOT_FOLDER : join(data, 'cache', 'work')

/** Creates the parent of working folders. @throws INVALID_STATE naming a folder that somebody else than root may change */
export async function openWorkRoot(root: string): Promise<void> {
  const isRoot = process.getuid?.() === 0
  await mkdir(root, { recursive: true, mode: 0o700 })
  if (!isRoot) return
  for (let path = root; ; path = dirname(path)) {
    const status = await lstat(path)
    if (!status.isDirectory() || status.uid !== 0 || (status.mode & WRITABLE) !== 0)
      throw new ApiError(
        'INVALID_STATE',
        `'${path}' must be a folder that only root may change: tasks work in '${root}'.`,
      )
    if (path === dirname(path)) break
  }
  await chmod(root, PASSABLE) // independent of the umask
}
