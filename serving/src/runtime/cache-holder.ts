import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { hasEnded, keepAlive } from '../holder-folder.js'

/** Longer than hashing the files of a model, after which it is in use. */
const LOADING_MS = 10 * 60_000

/**
 * The folder of this process in a cache of models that servers share. It contains an empty file for each model that the process
 * uses, named by its digest, and its running downloads and removals.
 */
export class CacheHolder {
  readonly folder: string
  readonly #root: string
  #stopKeepAlive: (() => void) | undefined

  /** @param root has a folder for each process, named by its id */
  constructor(root: string) {
    this.#root = root
    this.folder = join(root, newProcessId())
  }

  async open(): Promise<void> {
    this.#stopKeepAlive ??= keepAlive(this.folder)
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
  }

  /** Call this before looking for the model, so that no other process removes it afterwards. */
  async use(digest: string): Promise<void> {
    await this.open()
    const file = join(this.folder, digest)
    await writeFile(file, '')
    const now = new Date()
    await utimes(file, now, now) // file systems may not update the time of an empty file
  }

  /** Releases the models that are not `inUse`, except those that may be loading. */
  async releaseExcept(inUse: ReadonlySet<string>): Promise<void> {
    for (const name of await namesIn(this.folder)) {
      const file = join(this.folder, name)
      if (inUse.has(name) || name.includes('.')) continue
      const { mtimeMs = 0 } = (await stat(file).catch(() => undefined)) ?? {} // a call at the same time may have deleted it
      if (mtimeMs < Date.now() - LOADING_MS) await rm(file, { force: true })
    }
  }

  /** The models that other processes use. Deletes the folders of those that have ended. */
  async usedByOthers(): Promise<Set<string>> {
    const used: string[] = []
    for (const holder of await namesIn(this.#root)) {
      const folder = join(this.#root, holder)
      if (holder === basename(this.folder)) continue
      if (await hasEnded(holder, folder)) await rm(folder, { recursive: true, force: true })
      else used.push(...(await namesIn(folder)))
    }
    return new Set(used)
  }

  async close(): Promise<void> {
    this.#stopKeepAlive?.()
    await rm(this.folder, { recursive: true, force: true })
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
