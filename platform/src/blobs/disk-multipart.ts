import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid, missing } from '../errors.js'
import type { BlobInfo, Blobs, Body } from './blobs.js'
import { diskError, isAbsent } from './disk-errors.js'
import { writeDurably } from './durable-write.js'
import type { IncomingFiles } from './incoming-files.js'
import { checkOrder, type Multipart, type UploadedPart } from './multipart.js'
import { normalizeKey } from './path.js'

const KEY = 'key'
/** The file with the result of a completed upload, so that completing the upload again returns the same. */
const RESULT = 'whole'
const CHUNK_BYTES = 1024 * 1024
/** The margin for the times of files, which lag behind the clock by some milliseconds, or by more on network disks. */
const CLOCK_MARGIN_MS = 2_000

interface Options {
  /** The store's folder of incoming files; each upload is a folder in it. */
  readonly folder: string
  readonly parts: IncomingFiles
  readonly put: Blobs['put']
}

interface UploadResult {
  /** The digest of the completing request. Do not rename this field, because stored files have it. */
  readonly asked: string
  readonly info: BlobInfo
}

interface Completion {
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly UploadedPart[]
  readonly ifAbsent: boolean
  readonly request: string
}

/**
 * Stores parts as files in a folder named after the upload. A random etag is part of the file's name, so that an upload is
 * completed with exactly the parts that were acknowledged to the sender.
 */
export class DiskMultipart implements Multipart {
  readonly #folder: string
  readonly #parts: IncomingFiles
  readonly #put: Options['put']
  readonly #completing = new Map<string, Promise<BlobInfo>>()

  constructor({ folder, parts, put }: Options) {
    this.#folder = folder
    this.#parts = parts
    this.#put = put
  }

  async create(key: string): Promise<string> {
    const uploadId = randomBytes(24).toString('base64url')
    try {
      await mkdir(this.#upload(uploadId))
      await writeFile(join(this.#upload(uploadId), KEY), normalizeKey(key))
    } catch (error) {
      throw diskError(error, key)
    }
    return uploadId
  }

  async putPart(uploadId: string, number: number, body: Body): Promise<string> {
    await this.#keyOf(uploadId)
    const etag = randomBytes(12).toString('hex')
    const part = this.#parts.next()
    const startedAt = Date.now()
    try {
      await writeDurably(part, body)
      await rename(part, this.#part(uploadId, { number, etag }))
      await this.#deleteReplaced(uploadId, number, startedAt - CLOCK_MARGIN_MS)
    } catch (error) {
      throw isAbsent(error) ? noUpload(uploadId) : diskError(error, `part ${number}`)
    } finally {
      await this.#parts.discard(part)
    }
    return etag
  }

  /** Keeps parts that ended after this one began, because it is unknown which of concurrent parts the sender will name. */
  async #deleteReplaced(uploadId: string, number: number, before: number): Promise<void> {
    const folder = this.#upload(uploadId)
    for (const name of await readdir(folder)) {
      if (!name.startsWith(`${number}~`)) continue
      const written = await stat(join(folder, name)).catch(() => undefined)
      if (written && written.mtimeMs < before) await rm(join(folder, name), { force: true })
    }
  }

  async requireUpload(key: string, uploadId: string): Promise<void> {
    if (!(await this.#completed(uploadId))) await this.#requireOpen(key, uploadId)
  }

  /** Completes an upload. Equal requests share one run, because clients retry before it has finished. */
  complete(
    key: string,
    uploadId: string,
    parts: readonly UploadedPart[],
    { ifAbsent = false } = {},
  ): Promise<BlobInfo> {
    const request = digest(key, uploadId, parts, ifAbsent)
    const result =
      this.#completing.get(request) ??
      this.#complete({ key, uploadId, parts, ifAbsent, request }).finally(() =>
        this.#completing.delete(request),
      )
    this.#completing.set(request, result)
    return result
  }

  async #complete({ key, uploadId, parts, ifAbsent, request }: Completion) {
    const before = await this.#completed(uploadId)
    if (before?.asked === request) return before.info
    await this.#requireOpen(key, uploadId)
    const paths = parts.map((part) => this.#part(uploadId, part))
    checkOrder(parts)
    for (const [i, path] of paths.entries())
      await stat(path).catch(() => {
        throw invalid(`Invalid 'parts': part ${parts[i]!.number} was not uploaded, or has another etag.`)
      })
    const info = await this.#put(key, contents(paths), { ifAbsent })
    await this.#keepResult(uploadId, { asked: request, info })
    return info
  }

  async abort(key: string, uploadId: string): Promise<void> {
    const found = await this.#keyOf(uploadId).catch(() => undefined)
    if (found !== normalizeKey(key)) return
    await rm(this.#upload(uploadId), { recursive: true, force: true })
  }

  /** Deletes the parts and the key, which ends the upload. The result is swept after a day, like unfinished uploads. */
  async #keepResult(uploadId: string, result: UploadResult): Promise<void> {
    const folder = this.#upload(uploadId)
    const written = this.#parts.next()
    try {
      await writeDurably(written, Buffer.from(JSON.stringify(result)))
      await rename(written, join(folder, RESULT))
      await rm(join(folder, KEY), { force: true })
      for (const name of await readdir(folder))
        if (name !== RESULT) await rm(join(folder, name), { force: true })
    } catch (error) {
      throw diskError(error, uploadId)
    } finally {
      await this.#parts.discard(written)
    }
  }

  async #completed(uploadId: string): Promise<UploadResult | undefined> {
    const text = await readFile(join(this.#upload(uploadId), RESULT), 'utf8').catch((error) => {
      if (!isAbsent(error)) throw diskError(error, uploadId)
    })
    return text === undefined ? undefined : (JSON.parse(text) as UploadResult)
  }

  #upload(uploadId: string): string {
    if (!/^[\w-]{32}$/.test(uploadId)) throw noUpload(uploadId)
    return join(this.#folder, `multipart~${uploadId}`)
  }

  #part(uploadId: string, { number, etag }: UploadedPart): string {
    if (!/^[0-9a-f]{24}$/.test(etag))
      throw invalid(`Invalid 'parts': part ${number} was not uploaded, or has another etag.`)
    return join(this.#upload(uploadId), `${number}~${etag}`)
  }

  async #requireOpen(key: string, uploadId: string): Promise<void> {
    if ((await this.#keyOf(uploadId)) !== normalizeKey(key)) throw noUpload(uploadId)
  }

  async #keyOf(uploadId: string): Promise<string> {
    return readFile(join(this.#upload(uploadId), KEY), 'utf8').catch((error) => {
      throw isAbsent(error) ? noUpload(uploadId) : diskError(error, uploadId)
    })
  }
}

const digest = (...values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex')

const noUpload = (uploadId: string) =>
  missing(
    `No multipart upload '${uploadId.slice(0, 64)}': it was completed, aborted, or is older than a day.`,
  )

async function* contents(paths: readonly string[]) {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  for (const path of paths) {
    const handle = await open(path, 'r')
    try {
      for (;;) {
        const { bytesRead } = await handle.read(chunk)
        if (bytesRead === 0) break
        yield chunk.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  }
}
