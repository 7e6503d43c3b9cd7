import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { ApiError } from '../errors.js'
import type { BlobInfo } from './blobs.js'
import { checkOrder, type Multipart, type UploadedPart } from './multipart.js'
import { mapS3Errors } from './s3-errors.js'

interface S3MultipartOptions {
  readonly client: S3Client
  /** @throws INVALID_PARAMETER_VALUE */
  readonly objectOf: (key: string) => { readonly Bucket: string; readonly Key: string }
  /** Returns the header of an exclusive create. @throws NOT_IMPLEMENTED */
  readonly ifAbsent: () => { readonly IfNoneMatch: '*' }
  readonly head: (key: string) => Promise<BlobInfo>
}

/** Multipart uploads of the S3 store, to which clients send parts directly. */
export class S3Multipart implements Multipart {
  readonly #client: S3Client
  readonly #objectOf: S3MultipartOptions['objectOf']
  readonly #ifAbsent: S3MultipartOptions['ifAbsent']
  readonly #head: S3MultipartOptions['head']

  constructor({ client, objectOf, ifAbsent, head }: S3MultipartOptions) {
    this.#client = client
    this.#objectOf = objectOf
    this.#ifAbsent = ifAbsent
    this.#head = head
  }

  async create(key: string): Promise<string> {
    const { UploadId } = await mapS3Errors(key, () =>
      this.#client.send(new CreateMultipartUploadCommand(this.#objectOf(key))),
    )
    return UploadId!
  }

  partUrl(key: string, UploadId: string, PartNumber: number, expiresIn: number): Promise<string> {
    const command = new UploadPartCommand({ ...this.#objectOf(key), UploadId, PartNumber })
    return getSignedUrl(this.#client, command, { expiresIn })
  }

  async complete(
    key: string,
    UploadId: string,
    parts: readonly UploadedPart[],
    { ifAbsent = false } = {},
  ): Promise<BlobInfo> {
    checkOrder(parts)
    const condition = ifAbsent && this.#ifAbsent()
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }))
    const input = { ...this.#objectOf(key), ...condition, UploadId, MultipartUpload: { Parts } }
    await mapS3Errors(key, () => this.#client.send(new CompleteMultipartUploadCommand(input)))
    return this.#head(key)
  }

  async abort(key: string, UploadId: string): Promise<void> {
    const input = { ...this.#objectOf(key), UploadId }
    await mapS3Errors(key, () => this.#client.send(new AbortMultipartUploadCommand(input))).catch((error) => {
      if ((error as ApiError).code !== 'RESOURCE_DOES_NOT_EXIST') throw error
    })
  }
}
