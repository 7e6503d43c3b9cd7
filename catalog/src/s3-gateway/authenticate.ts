import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Passwords } from '@cairn/platform/auth/passwords'
import type { Sessions } from '@cairn/platform/auth/sessions'
import type { Tokens } from '@cairn/platform/auth/tokens'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { GATEWAY_BUCKET } from '@cairn/platform/blobs/gateway-address'
import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import { BYTE_PRIVILEGES } from '../credentials/privileges.js'
import type { SessionKeys, SessionScope } from '../credentials/session-keys.js'
import { tableKey, volumeKey } from '../securables/blob-keys.js'
import type { Locator } from '../securables/locator.js'
import type { TableStore } from '../tables/store.js'
import type { VolumeStore } from '../volumes/store.js'
import { S3Error } from './errors.js'
import type { OpenUploads } from './open-uploads.js'
import { header, type SignedRequest, signatureError } from './signature.js'

export interface S3GatewayOptions {
  readonly sessionKeys: SessionKeys
  readonly identities: Identities
  readonly tokens: Tokens
  readonly sessions: Sessions
  readonly passwords: Passwords
  readonly authorizer: Authorizer
  readonly locator: Locator
  readonly tables: TableStore
  readonly volumes: VolumeStore
  readonly blobs: Blobs
  readonly uploads: OpenUploads
  /** Public URL of the server; empty when it has none. */
  readonly publicUrl: string
  readonly now: () => number
}

/** The folder of the table or volume that a request may access: as an object key of the bucket, and as a blob key. */
export interface SessionFolder {
  /** Id of the principal that the keys were issued to. */
  readonly principal: string
  readonly bucket: string
  readonly objectRoot: string
  readonly blobRoot: string
}

/**
 * Verifies the signature and the expiry of the session keys, and decides on the current privileges of the principal
 * that they were issued to.
 *
 * @throws S3Error
 */
export async function authenticate(
  options: S3GatewayOptions,
  request: FastifyRequest,
  write: boolean,
): Promise<SessionFolder> {
  const signed = signedRequest(request)
  const session = options.sessionKeys.verify(header(signed, 'x-amz-security-token'))
  if (!session) throw new S3Error('ExpiredToken', 403, 'The session token is unknown or expired.')
  const { scope, accessKey, secret } = session
  const code = signatureErrorAt(options.publicUrl, signed, (one) =>
    signatureError(one, accessKey, secret, options.now()),
  )
  if (code) throw new S3Error(code)
  if (write && !scope.write) throw new S3Error('AccessDenied', 403, 'These keys are read-only.')
  await requireCredential(options, scope)
  await requirePrivileges(options, scope, write, request)
  return folderOf(options, scope)
}

/** Requires that the token, session or password that requested the keys is still valid. @throws S3Error */
async function requireCredential(
  { tokens, sessions, passwords }: S3GatewayOptions,
  { token, session, password, principal }: SessionScope,
) {
  const isAlive =
    (!token || (await tokens.isAlive(token))) &&
    (!session || (await sessions.findById(session)) !== undefined) &&
    (password === undefined || (await passwords.changedAt(principal)) === password)
  if (!isAlive)
    throw new S3Error(
      'ExpiredToken',
      403,
      'The token, session or password that these keys came from has ended.',
    )
}

async function requirePrivileges(
  { identities, authorizer, locator }: S3GatewayOptions,
  scope: SessionScope,
  write: boolean,
  request: FastifyRequest,
) {
  const principal = await identities.find(scope.principal)
  if (principal?.id !== scope.principal || principal.active !== 1) throw new S3Error('AccessDenied')
  const { token, session } = scope
  request.noteActor({
    ...{ id: principal.id, type: principal.type, name: principal.name },
    ...{ ...(token && { token }), ...(session && { session }) },
  })
  const chain = await locator.findById(scope.type, scope.id)
  for (const privilege of BYTE_PRIVILEGES[scope.type][write ? 'write' : 'read']) {
    const decision = await authorizer.decide(principal, privilege, chain)
    request.noteDecision({ chain, privileges: [privilege], decision })
    if (!decision.allowed || chain[0].absent)
      throw new S3Error('AccessDenied', 403, `'${principal.name}' no longer holds ${privilege}.`)
  }
}

async function folderOf(
  { blobs, tables, volumes }: S3GatewayOptions,
  { type, id, principal }: SessionScope,
): Promise<SessionFolder> {
  const blobRoot = type === 'table' ? tableKey(id) : volumeKey(id)
  const location = type === 'table' ? await tables.location(id) : (await volumes.get(id)).storage_location
  if (location !== blobRoot)
    throw new S3Error('AccessDenied', 403, 'External data is not served by this gateway.')
  const [, bucket = GATEWAY_BUCKET, objectRoot = blobRoot] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(blobs.uri(blobRoot)) ?? []
  return { principal, bucket, objectRoot, blobRoot }
}

/** @throws S3Error for a bucket or key outside the folder */
export function blobKeyOf(
  { bucket, objectRoot, blobRoot }: SessionFolder,
  requestedBucket: string,
  key: string,
) {
  if (requestedBucket !== bucket || !key.startsWith(`${objectRoot}/`))
    throw new S3Error('AccessDenied', 403, 'These keys are for another bucket or prefix.')
  if (key.split('/').some((part) => part === '..' || part === '.')) throw invalid(`Invalid key '${key}'.`)
  return blobRoot + key.slice(objectRoot.length)
}

/** Clients sign the path that they send. A proxy may have removed the path of the public URL, so that is tried too. */
function signatureErrorAt(
  publicUrl: string,
  request: SignedRequest,
  errorOf: (request: SignedRequest) => string | undefined,
) {
  const error = errorOf(request)
  const prefix = publicUrl && withoutTrailingSlashes(new URL(publicUrl).pathname)
  if (error !== 'SignatureDoesNotMatch' || !prefix) return error
  return errorOf({ ...request, path: prefix + request.path })
}

function signedRequest(request: FastifyRequest): SignedRequest {
  const [path = '', query = ''] = (request.raw.url ?? '').split(/\?(.*)/s)
  return { method: request.method, path, query, headers: request.headers }
}
