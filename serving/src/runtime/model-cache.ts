import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { isAbsent, isDiskFull } from '@cairn/platform/blobs/disk-errors'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { CacheHolder } from './cache-holder.js'
import { digestOfFiles, digestOfFolder, hashWhilePassing } from './folder-digest.js'

const MAX_BYTES = 4 * 1024 ** 3
const RECENT_MS = 60_000
const DIGEST = /^[0-9a-f]{64}$/
const HOLDERS = 'holders'

/** A model's files on the local disk. */
export interface CachedModel {
  /** SHA-256 of the paths and contents of all files. */
  readonly digest: string
  readonly folder: string
  readonly bytes: number
}

/** A folder that no deployment serves. */
export interface UnusedModel {
  readonly digest: string
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number
  readonly files: number
  readonly bytes: number
}

/**
 * Caches model folders on the local disk by the digest of their files. A URI is read each time, because its files may
 * have been replaced: another version of a model may be logged to the same path. Servers may share the cache: none removes a
 * model that another one uses.
 */
export class ModelCache {
  readonly #folder: string
  readonly #locations: ArtifactLocations
  readonly #maxBytes: number
  readonly #fetching = new Map<string, Promise<CachedModel>>()
  readonly #holder: CacheHolder
  #freeing: Promise<void> | undefined

  /** @param maxBytes limit of the folders that no deployment uses, which make a roll back fast */
  constructor(folder: string, locations: ArtifactLocations, maxBytes = MAX_BYTES) {
    this.#folder = folder
    this.#locations = locations
    this.#maxBytes = maxBytes
    this.#holder = new CacheHolder(join(folder, HOLDERS))
  }

  /**
   * A full disk is freed of the models that are not `inUse`.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for a URI without files, INSUFFICIENT_STORAGE
   */
  fetch(uri: string, inUse: () => ReadonlySet<string>): Promise<CachedModel> {
    const fetching =
      this.#fetching.get(uri) ?? this.#fetch(uri, inUse).finally(() => this.#fetching.delete(uri))
    this.#fetching.set(uri, fetching)
    return fetching
  }

  async #fetch(uri: string, inUse: () => ReadonlySet<string>): Promise<CachedModel> {
    try {
      return await this.#download(uri)
    } catch (error) {
      if (!isDiskFull(error)) throw error
    }
    this.#freeing ??= this.#free(inUse).finally(() => {
      this.#freeing = undefined
    })
    await this.#freeing
    return this.#download(uri).catch((error: unknown) => {
      if (!isDiskFull(error)) throw error
      throw new ApiError('INSUFFICIENT_STORAGE', `No space left for the files of '${uri}'.`, { cause: error })
    })
  }

  /** A model that was fetched a moment ago is not in use yet. */
  async #free(inUse: () => ReadonlySet<string>): Promise<void> {
    for (const { digest } of await this.unused(inUse())) {
      const found = await findSize(join(this.#folder, digest)) // another deployment may have fetched it meanwhile
      if (found && found.fetchedAt < Date.now() - RECENT_MS && !inUse().has(digest)) await this.remove(digest)
    }
  }

  /** Deletes downloads and removals that processes which have ended left behind, and folders of older releases. */
  async removeLeftovers(): Promise<void> {
    await this.#holder.usedByOthers()
    for (const name of await this.#names())
      if (!DIGEST.test(name) && name !== HOLDERS)
        await rm(join(this.#folder, name), { recursive: true, force: true })
  }

  /**
   * Deletes the folders that were not fetched for the longest time until the others fit into the limit, except those `inUse`,
   * and leftovers.
   */
  async evict(inUse: ReadonlySet<string>): Promise<void> {
    await this.removeLeftovers()
    const kept = await this.unused(inUse)
    let total = kept.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const { digest, bytes } of kept) {
      if (total <= this.#maxBytes) return
      await this.remove(digest)
      total -= bytes
    }
  }

  /** The folders that are not `inUse`, here or by other servers, the one that was not fetched for the longest time first. */
  async unused(inUse: ReadonlySet<string>): Promise<UnusedModel[]> {
    const found: UnusedModel[] = []
    await this.#holder.releaseExcept(inUse)
    const others = await this.#holder.usedByOthers()
    const isUnused = (name: string) => DIGEST.test(name) && !inUse.has(name) && !others.has(name)
    for (const digest of (await this.#names()).filter(isUnused)) {
      const size = await findSize(join(this.#folder, digest))
      if (size) found.push({ digest, ...size })
    }
    return found.sort((a, b) => a.fetchedAt - b.fetchedAt)
  }

  /** The cached files with this digest, unless they are missing or damaged. */
  async find(digest: string): Promise<CachedModel | undefined> {
    const folder = join(this.#folder, digest)
    await this.#holder.use(digest)
    return undefinedIfAbsent(async () => {
      if ((await digestOfFolder(folder)) !== digest) return undefined
      await markFetched(folder)
      return { digest, folder, bytes: (await sizeOf(folder)).bytes }
    })
  }

  /** Removes the files of a model unless another server has started to use them. */
  async remove(digest: string): Promise<void> {
    const folder = join(this.#folder, digest)
    const removed = join(this.#holder.folder, `${randomUUID()}.removed`)
    const isUsed = async () => (await this.#holder.usedByOthers()).has(digest)
    if (await isUsed()) return
    await this.#holder.open()
    try {
      await rename(folder, removed)
    } catch (error) {
      if (isAbsent(error)) return
      throw error
    }
    if (await isUsed()) await rename(removed, folder).catch(() => undefined) // that server may have fetched it again
    await rm(removed, { recursive: true, force: true })
  }

  close(): Promise<void> {
    return this.#holder.close()
  }

  #names(): Promise<string[]> {
    return readdir(this.#folder).catch(() => [])
  }

  async #download(uri: string): Promise<CachedModel> {
    const { blobs, key } = await this.#locations.resolve(uri)
    if (key === '') throw invalid(`'${uri}' is the root of a store, not the folder of a model.`)
    await this.#holder.open()
    const part = join(this.#holder.folder, `${randomUUID()}.part`)
    try {
      const digests = new Map<string, string>()
      let bytes = 0
      for await (const blob of blobs.walk(key)) {
        const path = normalizeKey(blob.key.slice(key.length + 1))
        const file = join(part, path)
        await mkdir(dirname(file), { recursive: true })
        const hash = createHash('sha256')
        await pipeline(await blobs.get(blob.key), hashWhilePassing(hash), createWriteStream(file))
        digests.set(path, hash.digest('hex'))
        bytes += blob.size
      }
      if (digests.size === 0) throw missing(`'${uri}' has no model files.`)
      const digest = digestOfFiles(digests)
      return { digest, folder: await this.#keep(part, digest), bytes }
    } finally {
      await rm(part, { recursive: true, force: true })
    }
  }

  /** Moves the downloaded folder into the cache, unless the cache has the same files. */
  async #keep(part: string, digest: string): Promise<string> {
    const present = await this.find(digest)
    if (present) return present.folder
    const folder = join(this.#folder, digest)
    await rm(folder, { recursive: true, force: true }) // files may be damaged on the disk
    await markFetched(part)
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error // otherwise a download of equal files was faster
    })
    return folder
  }
}

/** Sets the time that `evict` reads, because file systems may not update it. */
async function markFetched(folder: string): Promise<void> {
  const seconds = (performance.timeOrigin + performance.now()) / 1000
  await utimes(folder, seconds, seconds)
}

/** Returns undefined for a folder that is absent, or that another server is removing. */
async function undefinedIfAbsent<Found>(find: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await find()
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

const findSize = (folder: string): Promise<Omit<UnusedModel, 'digest'> | undefined> =>
  undefinedIfAbsent(async () => ({ fetchedAt: (await stat(folder)).mtimeMs, ...(await sizeOf(folder)) }))

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name))),
  )
  return { files: sizes.length, bytes: sizes.reduce((sum, { size }) => sum + size, 0) }
}
