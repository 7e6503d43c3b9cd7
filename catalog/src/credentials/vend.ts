import type { Passwords } from '@cairn/platform/auth/passwords'
import type { Caller } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import { baseUrlOf } from '@cairn/platform/http/base-url'
import type { TemporaryCredentials } from '@cairn/platform/protocol/unity/credentials'
import type { FastifyRequest } from 'fastify'
import { isManaged, type StoreAddresses } from '../securables/store-addresses.js'
import type { SessionKeys } from './session-keys.js'

const LIFETIME_MS = 3_600_000

/** The options of `vend` that are the same for all requests. */
export interface VendOptions {
  readonly addresses: StoreAddresses
  readonly passwords: Passwords
  readonly sessionKeys: SessionKeys
  /** Base of the S3 gateway's address; empty for the host of the request. */
  readonly publicUrl: string
  readonly now: () => number
}

export interface CredentialsTarget {
  readonly type: 'table' | 'volume'
  readonly id: string
  /** The location of the table or volume. */
  readonly location: string
  /** The requested location: that of the table or volume, or a path below it. */
  readonly path: string
  readonly write: boolean
}

/**
 * Issues temporary credentials for the routes of this folder, after their decision: keys to Cairn's own S3 gateway
 * (`s3-gateway/`, ADR 6), since the store's keys never leave the server. Only the owner of the machine gets a path on its
 * disk as URL (ADR 39). Some readers require keys even for a file.
 */
export async function vend(
  { addresses, passwords, sessionKeys, publicUrl, now }: VendOptions,
  target: CredentialsTarget,
  request: FastifyRequest,
): Promise<TemporaryCredentials> {
  const expires = now() + LIFETIME_MS
  const { path, location } = target
  if (!isManaged(location) && !location.startsWith('file:'))
    throw new ApiError(
      'FAILED_PRECONDITION',
      `The server has no keys for ${location}: use your own for external data in another store.`,
    )
  const proof = await proofOf(passwords, request.principal)
  const { type, id, write } = target
  const keys = sessionKeys.issue({ type, id, write, principal: request.principal.id, ...proof, expires })
  const access_point = `${baseUrlOf(request, publicUrl)}/api/cairn/v1/s3`
  const url = addresses.uri(path, request.principal)
  return { url, expiration_time: expires, aws_temp_credentials: { ...keys, access_point } }
}

/** Returns the credential with which the keys end. A caller without a token or session sent a password, or is the local owner. */
async function proofOf(passwords: Passwords, { id, token, session }: Caller) {
  if (token || session) return { ...(token && { token }), ...(session && { session }) }
  const password = await passwords.changedAt(id)
  return password === undefined ? {} : { password }
}
