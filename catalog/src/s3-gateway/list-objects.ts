import { createHash } from 'node:crypto'
import type { BlobInfo, Blobs } from '@cairn/platform/blobs/blobs'
import type { SessionFolder } from './authenticate.js'
import { escapeXml, S3Error } from './errors.js'

const MAX_KEYS = 1_000

/** ListObjectsV2: objects in key order after a position; keys that contain the delimiter are folded into common prefixes. */
export async function listObjects(
  blobs: Blobs,
  folder: SessionFolder,
  query: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const prefix = query.prefix ?? ''
  if (prefix !== folder.objectRoot && !prefix.startsWith(`${folder.objectRoot}/`))
    throw new S3Error('AccessDenied', 403, 'These keys are for another bucket or prefix.')
  const token = query['continuation-token']
  const after = token ? Buffer.from(token, 'base64url').toString() : (query['start-after'] ?? '')
  const maxKeys = Math.min(Math.max(Number(query['max-keys'] ?? MAX_KEYS) || 0, 1), MAX_KEYS)
  const entries: Entry[] = []
  for await (const entry of entriesBelow(blobs, folder, prefix, query.delimiter)) {
    if (entry.position <= after) continue
    entries.push(entry)
    if (entries.length > maxKeys) break
  }
  return listXml(folder.bucket, prefix, maxKeys, entries)
}

/** An object or a common prefix, with its position in key order. */
interface Entry {
  readonly position: string
  readonly xml: string
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
    if (common === undefined) yield { position: key, xml: contents(key, blob) }
    else if (common !== folded) yield { position: common, xml: commonPrefixes(common) }
    folded = common
  }
}

function listXml(bucket: string, prefix: string, maxKeys: number, entries: readonly Entry[]): string {
  const page = entries.slice(0, maxKeys)
  const more = entries.length > maxKeys
  const next = more ? Buffer.from(page.at(-1)!.position).toString('base64url') : undefined
  return [
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escapeXml(bucket)}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>`,
    `<MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${more}</IsTruncated>`,
    next ? `<NextContinuationToken>${next}</NextContinuationToken>` : '',
    ...page.map((entry) => entry.xml),
    '</ListBucketResult>',
  ].join('')
}

function commonPrefix(key: string, prefix: string, delimiter: string | undefined) {
  if (!delimiter) return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}

const contents = (key: string, blob: BlobInfo) =>
  `<Contents><Key>${escapeXml(key)}</Key><LastModified>${new Date(blob.modified).toISOString()}</LastModified><ETag>${escapeXml(etag(blob))}</ETag><Size>${blob.size}</Size><StorageClass>STANDARD</StorageClass></Contents>`

const commonPrefixes = (prefix: string) =>
  `<CommonPrefixes><Prefix>${escapeXml(prefix)}</Prefix></CommonPrefixes>`

/** Table files never change under the same name, so size and time identify a version. */
export const etag = ({ key, size, modified }: BlobInfo) =>
  `"${createHash('md5').update(`${key} ${size} ${modified}`).digest('hex')}"`
