import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { Multipart, UploadedPart } from '@cairn/platform/blobs/multipart'
import { ApiError } from '@cairn/platform/errors'
import { escapeXml, S3Error } from './errors.js'
import { etag } from './list-objects.js'
import type { OpenUploads } from './open-uploads.js'

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
const HEADER = '<?xml version="1.0" encoding="UTF-8"?>'
const PART_URL_SECONDS = 3600
const MAX_PARTS = 10_000
/** Limits the body of CompleteMultipartUpload. */
const MAX_LIST_BYTES = 2 * 1024 * 1024

/** An object that a request names: its bucket and key for the client, and its key in the store. */
export interface NamedObject {
  readonly bucket: string
  readonly key: string
  readonly blobKey: string
  /** Id of the principal of the request. */
  readonly principal: string
}

export interface UploadStores {
  readonly blobs: Blobs
  readonly uploads: OpenUploads
}

export async function beginUpload(
  { blobs, uploads }: UploadStores,
  { bucket, key, blobKey, principal }: NamedObject,
): Promise<string> {
  const multipart = multipartOf(blobs)
  const id = await multipart.create(blobKey)
  await uploads.add({ principal, blobKey, uploadId: id }).catch(async (error: unknown) => {
    await multipart.abort(blobKey, id)
    throw error
  })
  return `${HEADER}<InitiateMultipartUploadResult ${NAMESPACE}><Bucket>${escapeXml(bucket)}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${escapeXml(id)}</UploadId></InitiateMultipartUploadResult>`
}

export interface SentPart {
  readonly uploadId: string
  readonly number: number
  readonly body: AsyncIterable<Uint8Array>
  readonly bytes: number
}

/**
 * @returns the etag of the part, in quotes
 * @throws S3Error, also for a part without a size, which stores require
 */
export async function putPart(
  { blobs, uploads }: UploadStores,
  { blobKey, principal }: NamedObject,
  part: SentPart,
): Promise<string> {
  const { uploadId, number, bytes } = part
  if (!(Number.isInteger(number) && number >= 1 && number <= 10_000))
    throw new S3Error('InvalidArgument', 400, 'A part number is an integer from 1 to 10000.')
  if (!Number.isInteger(bytes)) throw new S3Error('MissingContentLength', 411, 'A part has a Content-Length.')
  const multipart = multipartOf(blobs)
  await multipart.requireUpload?.(blobKey, uploadId).catch(asS3Error)
  const upload = { principal, blobKey, uploadId }
  await uploads.reserve(upload, bytes)
  return storePart(multipart, blobKey, part).catch(async (error: unknown) => {
    await uploads.release(upload, bytes)
    throw error
  })
}

async function storePart(multipart: Multipart, blobKey: string, { uploadId, number, body, bytes }: SentPart) {
  if (multipart.putPart) return `"${await multipart.putPart(uploadId, number, body).catch(asS3Error)}"`
  return putPartAt(await multipart.partUrl!(blobKey, uploadId, number, PART_URL_SECONDS), body, bytes)
}

/** Streams a part to a store that signs URLs. */
async function putPartAt(url: string, body: SentPart['body'], bytes: number): Promise<string> {
  const headers = { 'content-length': String(bytes) }
  let broken: unknown
  async function* watched() {
    try {
      yield* body
    } catch (error) {
      broken = error
      throw error
    }
  }
  const init = { method: 'PUT', headers, body: watched(), duplex: 'half' } as unknown as RequestInit
  const answer = await fetch(url, init).catch((cause) => {
    if (broken) throw broken
    throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The artifact store cannot be reached.', { cause })
  })
  await answer.arrayBuffer()
  if (answer.status === 404) throw new S3Error('NoSuchUpload', 404)
  if (!answer.ok)
    throw new ApiError('TEMPORARILY_UNAVAILABLE', `The artifact store refused a part with ${answer.status}.`)
  return answer.headers.get('etag') ?? ''
}

export interface SentList {
  readonly uploadId: string
  /** The XML of the client, with the parts that it has sent. */
  readonly list: AsyncIterable<Uint8Array>
  /** True if the object must not exist. */
  readonly ifAbsent: boolean
}

export async function completeUpload(
  { blobs, uploads }: UploadStores,
  { bucket, key, blobKey }: NamedObject,
  { uploadId, list, ifAbsent }: SentList,
): Promise<string> {
  const multipart = multipartOf(blobs)
  await multipart.requireUpload?.(blobKey, uploadId).catch(asS3Error)
  const info = await multipart
    .complete(blobKey, uploadId, partsIn(await textOf(list)), { ifAbsent })
    .catch(asS3Error)
  await uploads.remove({ blobKey, uploadId })
  const location = `${bucket}/${key}`
  return `${HEADER}<CompleteMultipartUploadResult ${NAMESPACE}><Location>${escapeXml(location)}</Location><Bucket>${escapeXml(bucket)}</Bucket><Key>${escapeXml(key)}</Key><ETag>${escapeXml(etag(info))}</ETag></CompleteMultipartUploadResult>`
}

export async function abortUpload(
  { blobs, uploads }: UploadStores,
  { blobKey }: NamedObject,
  uploadId: string,
): Promise<void> {
  await multipartOf(blobs).abort(blobKey, uploadId)
  await uploads.remove({ blobKey, uploadId })
}

/** Clients start again if an upload is unknown, which they recognize by this code. */
const asS3Error = (error: unknown): never => {
  if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST')
    throw new S3Error('NoSuchUpload', 404, error.message)
  throw error
}

function multipartOf({ multipart }: Blobs): Multipart {
  if (multipart) return multipart
  throw new S3Error('NotImplemented', 501, 'The artifact store has no multipart uploads.')
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_LIST_BYTES) throw new S3Error('EntityTooLarge', 400, 'The list of parts is too long.')
    chunks.push(Buffer.from(chunk)) // a copy, because the memory of the chunk is reused
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The parts in the order of the list. Etags may be quoted, and the quotes escaped. */
function partsIn(xml: string): UploadedPart[] {
  const parts = xml
    .split('<Part>', MAX_PARTS + 2)
    .slice(1)
    .map(partOf)
  if (parts.length === 0 || parts.length > MAX_PARTS)
    throw malformed(`An upload has 1 to ${MAX_PARTS} parts.`)
  return parts
}

function partOf(text: string): UploadedPart {
  const end = text.indexOf('</Part>')
  const part = text.slice(0, Math.max(end, 0))
  const [, number = ''] = /<PartNumber>\s*(\d{1,5})\s*<\/PartNumber>/.exec(part) ?? []
  const [, tag = ''] = /<ETag>([^<]{0,200})<\/ETag>/.exec(part) ?? []
  const etag = tag.replace(/&quot;|&#34;|"/g, '').trim()
  if (!Number(number) || !etag)
    throw malformed('The list of parts is not in the format of CompleteMultipartUpload.')
  return { number: Number(number), etag }
}

const malformed = (message: string) => new S3Error('MalformedXML', 400, message)
