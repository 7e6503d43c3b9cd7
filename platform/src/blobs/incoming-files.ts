import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { isAlive } from '../processes/is-alive.js'

const DAY_MS = 86_400_000

/** Paths of the temporary files that this process is writing, for all disk stores that it has opened. */
const live = new Set<string>()

/**
 * The folder to which `DiskBlobs` writes a blob before it moves the file to its key. Several processes and machines may
 * share it, so a file's name contains its writer's host and process, and it is swept only when that writer has ended, or
 * after a day without a write. A multipart upload is a folder in it, which outlives its process and is swept by age alone.
 */
export class IncomingFiles {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<IncomingFiles> {
    await mkdir(folder, { recursive: true })
    const files = new IncomingFiles(folder)
    await files.sweep(Number.POSITIVE_INFINITY, true)
    return files
  }

  /** Finds stale files last written before `before`, and deletes them with `remove`. */
  async sweep(before: number, remove: boolean): Promise<{ files: number; bytes: number }> {
    let files = 0
    let bytes = 0
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name)
      const modified = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY
      if (modified > before || !(await this.#isStale(name))) continue
      for (const size of await sizesBelow(path)) {
        files++
        bytes += size
      }
      if (remove) await rm(path, { recursive: true, force: true })
    }
    return { files, bytes }
  }

  /** Returns the path of a new temporary file. */
  next(): string {
    const path = join(this.#folder, `${hostname()}~${process.pid}~${randomUUID()}`)
    live.add(path)
    return path
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true })
    live.delete(path)
  }

  async #isStale(name: string): Promise<boolean> {
    const path = join(this.#folder, name)
    const [host, pid] = basename(name).split('~')
    if (host === hostname()) return !live.has(path) && (Number(pid) === process.pid || !isAlive(Number(pid)))
    const modified = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
    return Date.now() - modified > DAY_MS
  }
}

/** Returns the size of a file, or of each part of an upload. */
async function sizesBelow(path: string): Promise<number[]> {
  const status = await stat(path).catch(() => undefined)
  if (!status?.isDirectory()) return status ? [status.size] : []
  const names = await readdir(path).catch(() => [])
  return (await Promise.all(names.map((name) => sizesBelow(join(path, name))))).flat()
}
