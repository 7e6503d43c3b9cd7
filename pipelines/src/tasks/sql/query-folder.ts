import { constants } from 'node:fs'
import { chmod, copyFile, link, lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasExited, newProcessId } from '@cairn/platform/processes/process-id'

const EVERYBODY_READS = 0o004

/**
 * The working folder of the process of a query. Only root can enter its parent, so that a process that has dropped root reads
 * the files in its folder by relative paths, and no other data of the server.
 */
export class QueryFolder {
  readonly path: string
  #files = 0

  private constructor(path: string) {
    this.path = path
  }

  /** @param data the data folder of this server */
  static async create(data: string): Promise<QueryFolder> {
    const parent = join(resolve(data), 'cache', 'queries')
    await mkdir(parent, { recursive: true, mode: 0o700 })
    await chmod(parent, 0o700)
    for (const name of (await readdir(parent)).filter(hasExited)) await removeFolder(join(parent, name))
    const path = join(parent, newProcessId())
    await mkdir(path)
    await chmod(path, 0o711)
    return new QueryFolder(path)
  }

  /** Adds files that the process can read and not change. @returns their names */
  async add(paths: readonly string[]): Promise<string[]> {
    const names: string[] = []
    for (const path of paths) {
      const name = `${this.#files++}.parquet`
      await linkOrCopy(path, join(this.path, name))
      names.push(name)
    }
    return names
  }

  remove(): Promise<void> {
    return removeFolder(this.path)
  }
}

const removeFolder = (path: string) => rm(path, { recursive: true, force: true }).catch(() => undefined)

/** A link has the mode of the file, and cannot lead to another file system. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const status = await lstat(from)
  const isReadable = status.isFile() && (status.mode & EVERYBODY_READS) !== 0
  if (isReadable && (await isLinked(from, to))) return
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, 0o444)
}

const isLinked = (from: string, to: string) =>
  link(from, to).then(
    () => true,
    () => false,
  )
