import { createWriteStream } from 'node:fs'
import { access, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileContent } from '../files/local-files.js'
import { hashContent } from '../tracking/hash-content.js'
import type { Content } from '../transport.js'
import type { StoredFile } from './event.js'
import { syncFolder } from './log-file.js'

/** Content-addressed store of a run's artifacts. A file becomes visible only when it is complete and on the disk. */
export class FileStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(content: Content): Promise<StoredFile> {
    await mkdir(this.#folder, { recursive: true })
    const { content: hashed, digest } = await hashContent(content)
    const temporary = join(this.#folder, `.${crypto.randomUUID()}`)
    try {
      await pipeline(
        Readable.fromWeb(toStream(hashed) as never),
        createWriteStream(temporary, { flags: 'wx' }),
      )
      const handle = await open(temporary, 'r+')
      await handle.sync().finally(() => handle.close())
      const stored = digest()
      await rename(temporary, this.#path(stored))
      await syncFolder(this.#folder)
      return stored
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  /** @throws if the file is missing or its bytes have changed */
  async get(file: StoredFile): Promise<Content> {
    const path = this.#path(file)
    await access(path)
    const content = await fileContent(path)
    const { content: hashed, digest } = await hashContent(content)
    await toStream(hashed).pipeTo(new WritableStream())
    if (digest().sha256 !== file.sha256) throw new Error(`the stored bytes have changed (${path})`)
    return content
  }

  #path({ sha256 }: StoredFile): string {
    return join(this.#folder, sha256)
  }
}

export function toStream(content: Content): ReadableStream<Uint8Array> {
  if (typeof content === 'object' && 'open' in content) return content.open()
  return new Blob([content as BlobPart]).stream()
}
