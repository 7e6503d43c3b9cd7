import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid, missing } from '@cairn/platform/errors'

/** Caches model folders on the local disk, one per artifact URI. Each is fetched once, atomically. */
export class ModelCache {
  readonly #folder: string
  readonly #locations: ArtifactLocations
  readonly #fetching = new Map<string, Promise<string>>()

  constructor(folder: string, locations: ArtifactLocations) {
    this.#folder = folder
    this.#locations = locations
  }

  /** @throws RESOURCE_DOES_NOT_EXIST when there are no files at the URI */
  fetch(uri: string): Promise<string> {
    const target = join(this.#folder, createHash('sha256').update(uri).digest('hex').slice(0, 32))
    if (existsSync(target)) return Promise.resolve(target)
    const fetching =
      this.#fetching.get(target) ?? this.#download(uri, target).finally(() => this.#fetching.delete(target))
    this.#fetching.set(target, fetching)
    return fetching
  }

  async #download(uri: string, target: string): Promise<string> {
    const { blobs, key } = await this.#locations.resolve(uri)
    if (key === '') throw invalid(`'${uri}' is the root of a store, not the folder of a model.`)
    const part = `${target}.${randomUUID()}.part`
    let files = 0
    try {
      for await (const blob of blobs.walk(key)) {
        const file = join(part, normalizeKey(blob.key.slice(key.length + 1)))
        await mkdir(dirname(file), { recursive: true })
        await pipeline(await blobs.get(blob.key), createWriteStream(file))
        files++
      }
      if (files === 0) throw missing(`There are no model files at '${uri}'.`)
      await rename(part, target)
    } finally {
      await rm(part, { recursive: true, force: true })
    }
    return target
  }
}
