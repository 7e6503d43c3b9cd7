import type { Stats } from 'node:fs'
import {
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { invalid, missing } from '../errors.js'
import type {
  BlobInfo,
  BlobListing,
  BlobPage,
  BlobReader,
  Blobs,
  Body,
  ByteRange,
  PageRange,
} from './blobs.js'
import { type Entry, type EntryRange, orderOf, readEntries } from './disk-entries.js'
import { diskError, isAbsent, moveError } from './disk-errors.js'
import { DiskMultipart } from './disk-multipart.js'
import { syncFolder, writeDurably } from './durable-write.js'
import { IncomingFiles } from './incoming-files.js'
import { byteOrder, INCOMING, nameOf, normalizeKey } from './path.js'

/** Four times Node's default, which takes half the CPU time per byte. */
const READ_BYTES = 256 * 1024

/**
 * Stores blobs as files below one folder. A body is written to a temporary file, synced and moved, so that a crash leaves
 * the old blob or the new one. Symbolic links are never listed, and followed only within the folder.
 */
export class DiskBlobs implements Blobs {
  readonly root: string
  readonly multipart: DiskMultipart
  readonly #parts: IncomingFiles

  private constructor(root: string, parts: IncomingFiles) {
    this.root = root
    this.#parts = parts
    this.multipart = new DiskMultipart({
      folder: join(root, INCOMING),
      parts,
      put: (...args) => this.put(...args),
    })
  }

  /** Creates the folder if needed and deletes the temporary files of crashed writers. */
  static async open(folder: string): Promise<DiskBlobs> {
    try {
      await mkdir(resolve(folder), { recursive: true })
      const root = await realpath(folder)
      return new DiskBlobs(root, await IncomingFiles.open(join(root, INCOMING)))
    } catch (error) {
      throw diskError(error, folder)
    }
  }

  async put(key: string, body: Body, options?: { ifAbsent?: boolean }): Promise<BlobInfo> {
    const target = this.#blobPath(key)
    const part = this.#parts.next()
    try {
      await writeDurably(part, body)
      await this.#moveIntoPlace(part, target, key, options?.ifAbsent ?? false)
      return await this.head(key)
    } catch (error) {
      throw diskError(error, key)
    } finally {
      await this.#parts.discard(part)
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    const { handle, size } = await this.#openBlob(key)
    try {
      const part = range && inclusive(range, size, key)
      return handle.createReadStream({ ...part, highWaterMark: READ_BYTES })
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async reader(key: string): Promise<BlobReader> {
    const { handle, ...info } = await this.#openBlob(key)
    return {
      ...info,
      read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
      close: () => handle.close(),
    }
  }

  async head(key: string): Promise<BlobInfo> {
    const status = await stat(await this.#confined(key)).catch((error) => {
      throw diskError(error, key)
    })
    if (!status.isFile()) throw missing(`No such artifact: '${key}'`)
    return infoOf(key, status)
  }

  async list(prefix: string): Promise<BlobListing> {
    const blobs: BlobInfo[] = []
    const folders: string[] = []
    for (const entry of await this.#entries(normalizeKey(prefix))) {
      if (entry.info) blobs.push(entry.info)
      else if (await this.holds(entry.key)) folders.push(nameOf(entry.key))
    }
    return { blobs, folders: folders.sort(byteOrder) }
  }

  async listPage(prefix: string, { after, limit }: PageRange): Promise<BlobPage> {
    const found = await this.#entries(normalizeKey(prefix), { after, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const entries: BlobPage['entries'][number][] = []
    for (const { key, info } of shown) {
      if (info) entries.push(info)
      else if (await this.holds(key)) entries.push({ folder: nameOf(key) })
    }
    return { entries, ...(found.length > limit && { next: orderOf(shown.at(-1)!) }) }
  }

  async holds(prefix: string): Promise<boolean> {
    const folder = await opendir(await this.#confined(prefix)).catch((error) => {
      if (!isAbsent(error)) throw diskError(error, prefix)
    })
    for await (const entry of folder ?? []) {
      if (entry.isFile()) return true
      const key = join(normalizeKey(prefix), entry.name)
      if (entry.isDirectory() && key !== INCOMING && (await this.holds(key))) return true
    }
    return false
  }

  async *walk(prefix: string): AsyncIterable<BlobInfo> {
    for (const entry of await this.#entries(normalizeKey(prefix))) {
      if (entry.info) yield entry.info
      else yield* this.walk(entry.key)
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#blobPath(key)
    try {
      await this.#confine(dirname(path), key)
      await rm(path, { recursive: true, force: true })
      await this.#settle(dirname(path))
    } catch (error) {
      if (!isAbsent(error)) throw diskError(error, key)
    }
  }

  sweep(before: number, remove: boolean): Promise<{ files: number; bytes: number }> {
    return this.#parts.sweep(before, remove)
  }

  uri(key: string): string {
    return pathToFileURL(this.#path(key)).href
  }

  localPath(key: string): string {
    return this.#path(key)
  }

  /** Moves a file to its key. Retries, because a delete may remove the folder between its creation and the move. */
  async #moveIntoPlace(part: string, target: string, key: string, ifAbsent: boolean): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#confine(dirname(target), key)
        await makeFolder(dirname(target))
        if (ifAbsent) await link(part, target)
        else await rename(part, target)
        return await syncFolder(dirname(target))
      } catch (error) {
        if (!isAbsent(error) || attempt === 5) throw await moveError(error, target, key)
      }
    }
  }

  /** Makes a deletion durable and removes folders that it emptied, because a key-value store has no empty folders. */
  async #settle(folder: string): Promise<void> {
    await syncFolder(folder)
    for (let path = folder; path.startsWith(this.root + sep); path = dirname(path)) {
      const emptied = await rmdir(path).then(
        () => true,
        () => false,
      )
      if (!emptied) return
    }
  }

  async #entries(prefix: string, range?: EntryRange): Promise<Entry[]> {
    return readEntries(await this.#confined(prefix), prefix, range)
  }

  /** Opens the file of a blob. @throws RESOURCE_DOES_NOT_EXIST, also for a folder */
  async #openBlob(key: string): Promise<BlobInfo & { handle: FileHandle }> {
    const handle = await open(await this.#confined(key), 'r').catch((error) => {
      throw diskError(error, key)
    })
    const status = await handle.stat()
    if (status.isFile()) return { handle, ...infoOf(key, status) }
    await handle.close()
    throw missing(`No such artifact: '${key}'`)
  }

  #path(key: string): string {
    const normal = normalizeKey(key)
    if (normal === INCOMING || normal.startsWith(`${INCOMING}/`))
      throw invalid(`Invalid path: ${JSON.stringify(key)}`)
    return join(this.root, normal)
  }

  #blobPath(key: string): string {
    const path = this.#path(key)
    if (path === this.root) throw invalid(`Invalid path: ${JSON.stringify(key)} is not the path of a blob`)
    return path
  }

  /** Returns the path of a key. @throws if a symbolic link leads out of the root */
  async #confined(key: string): Promise<string> {
    const path = this.#path(key)
    await this.#confine(path, key)
    return path
  }

  /** Checks where the path, or its nearest ancestor that exists, really is. */
  async #confine(path: string, key: string): Promise<void> {
    const real = await realpath(path).catch(() => undefined)
    if (real === undefined) return this.#confine(dirname(path), key)
    if (real !== this.root && !real.startsWith(this.root + sep))
      throw invalid(`Invalid path: '${key}' leads out of the store through a link`)
  }
}

const infoOf = (key: string, { size, mtimeMs }: Stats): BlobInfo => ({
  key: normalizeKey(key),
  size,
  modified: Math.trunc(mtimeMs),
})

function inclusive(range: ByteRange, size: number, key: string): { start: number; end: number } {
  const end = Math.min(range.end ?? size, size)
  if (!(range.start >= 0 && range.start < end))
    throw invalid(`Range ${range.start}-${range.end ?? ''} contains no byte of '${key}' (${size} bytes)`)
  return { start: range.start, end: end - 1 }
}

/** Creates a folder durably: a new folder survives a crash only once its parent is synced. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (!first) return
  for (let path = dirname(folder); path.length >= dirname(first).length; path = dirname(path)) {
    await syncFolder(path)
    if (path === dirname(path)) return
  }
}
