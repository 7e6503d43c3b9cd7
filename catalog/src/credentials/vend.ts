import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { TemporaryCredentials } from '@cairn/platform/protocol/credentials'
import type { FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { within } from '../securables/location.js'

export const LIFETIME_MS = 3_600_000

export interface Vended {
  readonly type: 'table' | 'volume'
  readonly id: string
  /** The location of the table or volume. */
  readonly location: string
  /** What was asked for: the location, or a path in it. */
  readonly url: string
  readonly write: boolean
}

/**
 * Credentials for the bytes of what was decided on: keys to Cairn's own S3 endpoint, see `s3-door/` and ADR 6; the store's
 * own keys never leave the server. A table on the server's disk is named by its path, for readers on the same machine; others
 * reach it through the door, and some readers insist on keys even for a file.
 */
export function vend(
  { context, door }: Rooms,
  vended: Vended,
  request: FastifyRequest,
): TemporaryCredentials {
  const expires = context.now() + LIFETIME_MS
  const { url, location } = vended
  if (!location.startsWith('file:') && !within(location, context.blobs.uri('')))
    throw new ApiError(
      'FAILED_PRECONDITION',
      `The server holds no keys for ${location}: use your own for external data in another store.`,
    )
  const keys = door.issue({ ...scopeOf(vended, request.principal), expires })
  const access_point = `${origin(context.config, request)}/api/cairn/v1/s3`
  return { url, expiration_time: expires, aws_temp_credentials: { ...keys, access_point } }
}

const scopeOf = ({ type, id, write }: Vended, principal: Principal) => ({
  type,
  id,
  write,
  principal: principal.id,
})

const origin = ({ public_url }: { public_url: string }, request: FastifyRequest) =>
  public_url.replace(/\/$/, '') || `${request.protocol}://${request.headers.host}`
