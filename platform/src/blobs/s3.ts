import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { ApiError, invalid } from '../errors.js'
import type { BlobInfo, BlobListing, BlobPage, Blobs, Body, ByteRange, PageRange } from './blobs.js'
import { byteOrder, nameOf, normalizeKey } from './path.js'
import { releaseBuffer } from './release-buffer.js'
import { type S3Options, s3Client } from './s3-client.js'
import { mapS3Errors, s3Error } from './s3-errors.js'
import { S3Multipart } from './s3-multipart.js'
import { abortOldUploads, probeExclusiveCreate } from './s3-probe.js'
import { upload } from './s3-upload.js'

const DELETE_BATCH = 1000
const LAST_CHARACTER = '\u{10ffff}'

/** Blobs below a prefix of one bucket in an S3-compatible store. */
export class S3Blobs implements Blobs {
  /** True if the store honours `If-None-Match: *`. Probed, because some stores ignore it silently. */
  readonly exclusiveCreate: boolean
  readonly multipart: S3Multipart
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  private constructor(client: S3Client, bucket: string, prefix: string, exclusiveCreate: boolean) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix
    this.exclusiveCreate = exclusiveCreate
    this.multipart = new S3Multipart({
      client,
      objectOf: (key) => this.#blobObject(key),
      ifAbsent: () => this.#ifAbsent(),
      head: (key) => this.head(key),
    })
  }

  /** Probes exclusive create and aborts uploads of crashed writers that are more than a day old. */
  static async open(bucket: string, prefix: string, options: S3Options = {}): Promise<S3Blobs> {
    const client = s3Client(options)
    const below = normalizeKey(prefix) && `${normalizeKey(prefix)}/`
    try {
      const exclusiveCreate = await probeExclusiveCreate(client, bucket, below)
      await abortOldUploads(client, bucket, below)
      return new S3Blobs(client, bucket, below, exclusiveCreate)
    } catch (error) {
      client.destroy()
      throw s3Error(error, `s3://${bucket}/${below}`)
    }
  }

  close(): void {
    this.#client.destroy()
  }

  async put(key: string, body: Body, options?: { ifAbsent?: boolean }): Promise<BlobInfo> {
    const object = this.#blobObject(key)
    const target = { ...object, ...(options?.ifAbsent && this.#ifAbsent()) }
    return mapS3Errors(key, async () => {
      if (body instanceof Uint8Array) await this.#client.send(new PutObjectCommand({ ...target, Body: body }))
      else await upload(this.#client, target, body)
      return this.head(key)
    })
  }

  #ifAbsent(): { IfNoneMatch: '*' } {
    if (this.exclusiveCreate) return { IfNoneMatch: '*' }
    throw new ApiError(
      'NOT_IMPLEMENTED',
      'This S3 store ignores If-None-Match: exclusive create is impossible',
    )
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    const { start, end } = range ?? { start: 0 }
    if (start < 0 || (end !== undefined && end <= start))
      throw invalid(`Range ${start}-${end ?? ''} contains no byte of '${key}'`)
    const Range = range && `bytes=${start}-${end === undefined ? '' : end - 1}`
    const input = { ...this.#blobObject(key), ...(Range && { Range }) }
    const { Body } = await mapS3Errors(key, () => this.#client.send(new GetObjectCommand(input)))
    if (Body instanceof IncomingMessage) releaseReads(Body)
    return Body as Readable
  }

  async head(key: string): Promise<BlobInfo> {
    const found = await mapS3Errors(key, () =>
      this.#client.send(new HeadObjectCommand(this.#blobObject(key))),
    )
    return {
      key: normalizeKey(key),
      size: found.ContentLength ?? 0,
      modified: found.LastModified?.getTime() ?? 0,
    }
  }

  async list(prefix: string): Promise<BlobListing> {
    const below = this.#below(prefix)
    const blobs: BlobInfo[] = []
    const folders: string[] = []
    for await (const page of this.#pages(below, '/')) {
      blobs.push(...this.#infos(page))
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) folders.push(Prefix.slice(below.length, -1))
    }
    return { blobs: blobs.sort((a, b) => byteOrder(a.key, b.key)), folders: folders.sort(byteOrder) }
  }

  async listPage(prefix: string, { after, limit }: PageRange): Promise<BlobPage> {
    const below = this.#below(prefix)
    // Keys in a folder follow its name and slash; those of the listed folder follow its marker, which would fill a page of one.
    const StartAfter = below + (after?.endsWith('/') ? after + LAST_CHARACTER : (after ?? ''))
    const input = { Bucket: this.#bucket, Prefix: below, Delimiter: '/', MaxKeys: limit }
    const command = new ListObjectsV2Command({ ...input, ...(StartAfter && { StartAfter }) })
    const page = await mapS3Errors(below, () => this.#client.send(command))
    const folders = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice(below.length, -1))
    const found = [
      ...this.#infos(page).map((blob) => ({
        order: nameOf(blob.key),
        entry: blob,
      })),
      ...folders.map((folder) => ({ order: `${folder}/`, entry: { folder } })),
    ].sort((a, b) => byteOrder(a.order, b.order))
    const last = found.at(-1)?.order
    return { entries: found.map(({ entry }) => entry), ...(page.IsTruncated && last && { next: last }) }
  }

  async *walk(prefix: string): AsyncIterable<BlobInfo> {
    for await (const page of this.#pages(this.#below(prefix))) yield* this.#infos(page)
  }

  async delete(key: string): Promise<void> {
    const object = this.#blobObject(key)
    await mapS3Errors(key, () => this.#client.send(new DeleteObjectCommand(object))).catch((error) => {
      if ((error as ApiError).code !== 'RESOURCE_DOES_NOT_EXIST') throw error
    })
    let batch: string[] = []
    for await (const blob of this.walk(key)) {
      batch.push(blob.key)
      if (batch.length < DELETE_BATCH) continue
      await this.#deleteAll(batch)
      batch = []
    }
    if (batch.length > 0) await this.#deleteAll(batch)
  }

  async sweep(before: number, remove: boolean): Promise<{ files: number; bytes: number }> {
    return {
      files: await abortOldUploads(this.#client, this.#bucket, this.#prefix, { before, remove }),
      bytes: 0,
    }
  }

  uri(key: string): string {
    return `s3://${this.#bucket}/${this.#objectKey(key)}`
  }

  async signedUrl(key: string, operation: 'get' | 'put', seconds: number): Promise<string> {
    const object = this.#blobObject(key)
    const command =
      operation === 'get'
        ? new GetObjectCommand({ ...object, ResponseContentDisposition: 'attachment' })
        : new PutObjectCommand(object)
    return getSignedUrl(this.#client, command, { expiresIn: seconds })
  }

  async #deleteAll(keys: readonly string[]): Promise<void> {
    const Objects = keys.map((key) => ({ Key: this.#objectKey(key) }))
    const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } })
    const { Errors = [] } = await mapS3Errors(keys[0] ?? '', () => this.#client.send(command))
    const [first] = Errors
    if (first)
      throw s3Error(Object.assign(new Error(first.Message), { name: first.Code ?? '' }), first.Key ?? '')
  }

  async *#pages(Prefix: string, Delimiter?: string): AsyncIterable<ListObjectsV2CommandOutput> {
    let ContinuationToken: string | undefined
    do {
      const input = { Bucket: this.#bucket, Prefix, Delimiter, ContinuationToken }
      const page = await mapS3Errors(Prefix, () => this.#client.send(new ListObjectsV2Command(input)))
      yield page
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
  }

  /** Returns the blobs of a page, without keys that end in a slash, which are folder markers of other tools. */
  #infos(page: ListObjectsV2CommandOutput): BlobInfo[] {
    const contents = (page.Contents ?? []).filter(({ Key }) => Key && !Key.endsWith('/'))
    return contents.map(({ Key = '', Size = 0, LastModified }) => ({
      key: Key.slice(this.#prefix.length),
      size: Size,
      modified: LastModified?.getTime() ?? 0,
    }))
  }

  #objectKey(key: string): string {
    return this.#prefix + normalizeKey(key)
  }

  #below(prefix: string): string {
    const prefixKey = this.#objectKey(prefix)
    return prefixKey === this.#prefix ? prefixKey : `${prefixKey}/`
  }

  #blobObject(key: string) {
    if (normalizeKey(key) === '')
      throw invalid(`Invalid path: ${JSON.stringify(key)} is not the path of a blob`)
    return { Bucket: this.#bucket, Key: this.#objectKey(key) }
  }
}

/**
 * Releases buffers read from the socket after the parser, which listens first, has copied the body out of them. At the end
 * of the body the socket is reused by other requests.
 */
function releaseReads(body: IncomingMessage): void {
  const { socket } = body
  socket.on('data', releaseBuffer)
  body.once('end', () => socket.off('data', releaseBuffer))
}
