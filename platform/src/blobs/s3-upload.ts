import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { invalid } from '../errors.js'
import { forEachBlock } from './for-each-block.js'

/** Two parts are uploaded while the next one is read. S3 accepts at most 10,000 parts, of at least 5 MiB. */
const PARTS = { bytes: 6 * 1024 * 1024, count: 3, most: 10_000 }

interface UploadTarget {
  readonly Bucket: string
  readonly Key: string
  readonly IfNoneMatch?: '*'
}

/** Uploads a stream in one request if it is shorter than a part, otherwise in parts, which are aborted on failure. */
export async function upload(
  client: S3Client,
  target: UploadTarget,
  body: AsyncIterable<Uint8Array>,
  limits = PARTS,
): Promise<void> {
  const putWhole = (Body: Uint8Array) => client.send(new PutObjectCommand({ ...target, Body }))
  const parts = new Parts(client, target)
  let isEmpty = true
  try {
    await forEachBlock(body, limits, async (block, position) => {
      isEmpty = false
      if (block.length < limits.bytes && position === 0) return putWhole(block)
      const number = position / limits.bytes + 1
      if (number > limits.most)
        throw invalid(
          `The file is longer than ${limits.most} parts of ${limits.bytes} bytes. Send it as a multipart upload.`,
        )
      return parts.send(number, block)
    })
    if (isEmpty) await putWhole(new Uint8Array())
    else await parts.complete()
  } catch (error) {
    await parts.abort()
    throw error
  }
}

/** A multipart upload, which is created with its first part. */
class Parts {
  readonly #client: S3Client
  readonly #target: UploadTarget
  readonly #sent: CompletedPart[] = []
  #created: Promise<string> | undefined

  constructor(client: S3Client, target: UploadTarget) {
    this.#client = client
    this.#target = target
  }

  async send(PartNumber: number, Body: Uint8Array): Promise<void> {
    this.#created ??= this.#begin()
    const { Bucket, Key } = this.#target
    const part = { Bucket, Key, UploadId: await this.#created, PartNumber, Body }
    const { ETag } = await this.#client.send(new UploadPartCommand(part))
    this.#sent[PartNumber - 1] = { PartNumber, ETag }
  }

  async complete(): Promise<void> {
    if (!this.#created) return
    const MultipartUpload = { Parts: this.#sent }
    const whole = { ...this.#target, UploadId: await this.#created, MultipartUpload }
    await this.#client.send(new CompleteMultipartUploadCommand(whole))
  }

  /** Aborts the upload. One that cannot be aborted now is aborted when a store is opened after a day. */
  async abort(): Promise<void> {
    const UploadId = await this.#created?.catch(() => undefined)
    if (!UploadId) return
    const { Bucket, Key } = this.#target
    const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId })
    await this.#client.send(abort).catch(() => undefined)
  }

  async #begin(): Promise<string> {
    const { Bucket, Key } = this.#target
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    return UploadId!
  }
}
