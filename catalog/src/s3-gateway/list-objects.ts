import { createHash } from 'node:crypto'
import type { BlobInfo, Blobs } from '@cairn/platform/blobs/blobs'
import type { SessionFolder } from './authenticate.js'
import { escapeXml, S3Error } from './errors.js'

const MAX_KEYS = 1_000

type ListQuery = Readonly<Record<string, string | undefined>>

/**
 * Answers ListObjects in both versions: lists objects in key order after a position, and folds keys that contain the delimiter
 * into common prefixes.
 */
export async function listObjects(blobs: Blobs, folder: SessionFolder, query: ListQuery): Promise<string> {
  const format = formatOf(query)
  const prefix = query.prefix ?? ''
  if (prefix !== folder.objectRoot && !prefix.startsWith(`${folder.objectRoot}/`))
    throw new S3Error('AccessDenied', 403, 'These keys are for another bucket or prefix.')
  const token = query['continuation-token']
  const start = (format.isFirstVersion ? query.marker : query['start-after']) ?? ''
  const after = token ? Buffer.from(token, 'base64url').toString() : start
  const maxKeys = maxKeysOf(query)
  const entries: Entry[] = []
  for await (const entry of entriesBelow(blobs, folder, prefix, query.delimiter)) {
    if (entry.position <= after) continue
    entries.push(entry)
    if (entries.length > maxKeys) break
  }
  return listXml({ bucket: folder.bucket, prefix, maxKeys, entries, format })
}

interface ListFormat {
  /** The first version continues after `NextMarker`, the second one with a token. */
  readonly isFirstVersion: boolean
  readonly isUrlEncoded: boolean
}

function formatOf(query: ListQuery): ListFormat {
  const { 'list-type': version, 'encoding-type': encoding } = query
  if (version !== undefined && version !== '2')
    throw new S3Error(
      'InvalidArgument',
      400,
      'list-type: only 2 is supported, and the first version without it.',
    )
  if (encoding !== undefined && encoding !== 'url')
    throw new S3Error('InvalidArgument', 400, 'encoding-type: only url is supported.')
  return { isFirstVersion: version === undefined, isUrlEncoded: encoding === 'url' }
}

function maxKeysOf({ 'max-keys': text }: ListQuery): number {
  if (text === undefined) return MAX_KEYS
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', 400, 'max-keys: pass an integer from 0.')
  return Math.min(Math.max(Number(text), 1), MAX_KEYS)
}

/** An object, or a common prefix if `blob` is absent, with its position in key order. */
interface Entry {
  readonly position: string
  readonly blob?: BlobInfo
}

async function* entriesBelow(
  blobs: Blobs,
  { objectRoot, blobRoot }: SessionFolder,
  prefix: string,
  delimiter: string | undefined,
): AsyncGenerator<Entry> {
  const folder = blobRoot + prefix.slice(objectRoot.length).replace(/\/?[^/]*$/, '')
  let folded: string | undefined
  for await (const blob of blobs.walk(folder)) {
    const key = objectRoot + blob.key.slice(blobRoot.length)
    if (!key.startsWith(prefix)) continue
    const common = commonPrefix(key, prefix, delimiter)
    if (common === undefined) yield { position: key, blob }
    else if (common !== folded) yield { position: common }
    folded = common
  }
}

interface ListAnswer {
  readonly bucket: string
  readonly prefix: string
  readonly maxKeys: number
  /** Contains `maxKeys + 1` entries if the list continues. */
  readonly entries: readonly Entry[]
  readonly format: ListFormat
}

function listXml({ bucket, prefix, maxKeys, entries, format }: ListAnswer): string {
  const { isFirstVersion, isUrlEncoded } = format
  const encoded = (key: string) => escapeXml(isUrlEncoded ? urlEncoded(key) : key)
  const page = entries.slice(0, maxKeys)
  const last = entries.length > maxKeys ? page.at(-1)!.position : undefined
  const next = isFirstVersion
    ? (position: string) => `<NextMarker>${encoded(position)}</NextMarker>`
    : (position: string) =>
        `<NextContinuationToken>${Buffer.from(position).toString('base64url')}</NextContinuationToken>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escapeXml(bucket)}</Name><Prefix>${encoded(prefix)}</Prefix>`,
    isFirstVersion ? '' : `<KeyCount>${page.length}</KeyCount>`,
    isUrlEncoded ? '<EncodingType>url</EncodingType>' : '',
    `<MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${last !== undefined}</IsTruncated>`,
    last === undefined ? '' : next(last),
    ...page.map(({ position, blob }) =>
      blob ? contents(encoded(position), blob) : commonPrefixes(encoded(position)),
    ),
    '</ListBucketResult>',
  ].join('')
}

const urlEncoded = (key: string) => key.split('/').map(encodeURIComponent).join('/')

function commonPrefix(key: string, prefix: string, delimiter: string | undefined) {
  if (!delimiter) return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}

const contents = (key: string, blob: BlobInfo) =>
  `<Contents><Key>${key}</Key><LastModified>${new Date(blob.modified).toISOString()}</LastModified><ETag>${escapeXml(etag(blob))}</ETag><Size>${blob.size}</Size><StorageClass>STANDARD</StorageClass></Contents>`

const commonPrefixes = (prefix: string) => `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`

/** Table files never change under the same name, so size and time identify a version. */
export const etag = ({ key, size, modified }: BlobInfo) =>
  `"${createHash('md5').update(`${key} ${size} ${modified}`).digest('hex')}"`
