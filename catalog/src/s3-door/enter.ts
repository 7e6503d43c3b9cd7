import { invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import { BYTES } from '../credentials/rights.js'
import type { Rooms } from '../rooms.js'
import { tableKey, volumeKey } from '../securables/removal.js'
import { S3Refusal } from './errors.js'
import type { Scope } from './keys.js'
import { header, refuseSignature, type SignedRequest } from './signature.js'

/** The part of the store that a request may touch. */
export interface Opened {
  readonly bucket: string
  /** The folder of the table or volume: as an object key of the bucket, and as a blob key. */
  readonly objectRoot: string
  readonly blobRoot: string
}

/**
 * Lets a signed request in: the signature is its key's, the key is not expired, and the principal that it was issued
 * to holds the rights that it takes now.
 *
 * @throws S3Refusal
 */
export async function enter(rooms: Rooms, request: FastifyRequest, write: boolean): Promise<Opened> {
  const signed = asSigned(request)
  const opened = rooms.door.open(header(signed, 'x-amz-security-token'))
  if (!opened) throw new S3Refusal('ExpiredToken', 403, 'The session token is unknown or expired.')
  const { scope, accessKey, secret } = opened
  const refused = refuseSignature(signed, accessKey, secret, rooms.context.now())
  if (refused) throw new S3Refusal(refused)
  if (write && !scope.write) throw new S3Refusal('AccessDenied', 403, 'These keys read and do not write.')
  await requireRights(rooms, scope, write)
  return placeOf(rooms, scope)
}

async function requireRights({ context, locator }: Rooms, scope: Scope, write: boolean) {
  const principal = await context.identities.find(scope.principal)
  if (principal?.id !== scope.principal || principal.active !== 1) throw new S3Refusal('AccessDenied')
  const chain = await locator.findId(scope.type, scope.id)
  for (const right of BYTES[scope.type][write ? 'write' : 'read']) {
    const { allowed } = await context.authorizer.decide(principal, right, chain)
    if (!allowed || chain[0].absent)
      throw new S3Refusal('AccessDenied', 403, `'${principal.name}' no longer holds ${right}.`)
  }
}

/** The bucket that a store on disk shows at the door. */
const DISK_BUCKET = 'cairn'

async function placeOf({ context, tables, volumes }: Rooms, { type, id }: Scope): Promise<Opened> {
  const blobRoot = type === 'table' ? tableKey(id) : volumeKey(id)
  const uri = context.blobs.uri(blobRoot)
  const location = type === 'table' ? await tables.location(id) : (await volumes.get(id)).storage_location
  if (location !== uri) throw new S3Refusal('AccessDenied', 403, 'External data does not go through here.')
  const [, bucket = DISK_BUCKET, objectRoot = blobRoot] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? []
  return { bucket, objectRoot, blobRoot }
}

/** @throws S3Refusal for a bucket or key outside the opened part */
export function blobKeyOf(
  { bucket, objectRoot, blobRoot }: Opened,
  askedBucket: string,
  key: string,
): string {
  if (askedBucket !== bucket || !key.startsWith(`${objectRoot}/`))
    throw new S3Refusal('AccessDenied', 403, 'These keys open another place.')
  if (key.split('/').some((part) => part === '..' || part === '.')) throw invalid(`Invalid key '${key}'.`)
  return blobRoot + key.slice(objectRoot.length)
}

function asSigned(request: FastifyRequest): SignedRequest {
  const [path = '', query = ''] = (request.raw.url ?? '').split(/\?(.*)/s)
  return { method: request.method, path, query, headers: request.headers }
}
