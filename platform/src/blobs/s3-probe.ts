import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'

const DAY_MS = 86_400_000

/** Creates one object twice. A store that accepts the second creation would lose commits silently. */
export async function probeExclusiveCreate(
  client: S3Client,
  Bucket: string,
  prefix: string,
): Promise<boolean> {
  const object = { Bucket, Key: `${prefix}.probe-${randomUUID()}` }
  const create = () => client.send(new PutObjectCommand({ ...object, Body: 'probe', IfNoneMatch: '*' }))
  try {
    await create()
    return await create().then(
      () => false,
      (error) => error.$metadata?.httpStatusCode === 412,
    )
  } catch (error) {
    if ((error as { name?: string }).name === 'NotImplemented') return false
    throw error
  } finally {
    await client.send(new DeleteObjectCommand(object)).catch(() => undefined)
  }
}

interface AbortOptions {
  /** Milliseconds since the epoch. Uploads of the last day are never aborted. */
  readonly before?: number
  readonly remove?: boolean
}

/**
 * Aborts old uploads, because not every store can expire them. Does nothing in a store that cannot list them.
 *
 * @returns the number of uploads
 */
export async function abortOldUploads(
  client: S3Client,
  Bucket: string,
  Prefix: string,
  { before = Date.now(), remove = true }: AbortOptions = {},
): Promise<number> {
  const latest = Math.min(before, Date.now() - DAY_MS)
  let count = 0
  for await (const { Key, UploadId, Initiated } of uploads(client, { Bucket, Prefix })) {
    if (!Initiated || Initiated.getTime() > latest) continue
    count++
    if (remove)
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined)
  }
  return count
}

async function* uploads(client: S3Client, input: ListMultipartUploadsCommandInput) {
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {}
  while (from) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({ ...input, ...from })
    const page = await client.send(command).catch(() => undefined)
    yield* page?.Uploads ?? []
    const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page ?? {}
    from = IsTruncated && KeyMarker ? { KeyMarker, UploadIdMarker } : undefined
  }
}
