import type { Caller } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { baseUrlOf } from '@cairn/platform/http/base-url'
import type { TemporaryCredentials } from '@cairn/platform/protocol/credentials'
import type { FastifyRequest } from 'fastify'
import type { SessionKeys } from '../s3-gateway/session-keys.js'
import { isWithin } from '../securables/location.js'

const LIFETIME_MS = 3_600_000

/** The part of the options of `vend` that is the same for all requests. */
export interface VendOptions {
  readonly blobs: Blobs
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
  /** The requested URL: the location, or a path below it. */
  readonly url: string
  readonly write: boolean
}

/**
 * Issues temporary credentials for the routes of this folder, after their decision: keys to Cairn's own S3 gateway
 * (`s3-gateway/`, ADR 6), since the store's keys never leave the server. A table on the server's disk has its path as URL,
 * for readers on the same machine. Some readers require keys even for a file.
 */
export function vend(
  { blobs, sessionKeys, publicUrl, now }: VendOptions,
  target: CredentialsTarget,
  request: FastifyRequest,
): TemporaryCredentials {
  const expires = now() + LIFETIME_MS
  const { url, location } = target
  if (!location.startsWith('file:') && !isWithin(location, blobs.uri('')))
    throw new ApiError(
      'FAILED_PRECONDITION',
      `The server has no keys for ${location}: use your own for external data in another store.`,
    )
  const keys = sessionKeys.issue({ ...scopeOf(target, request.principal), expires })
  const access_point = `${baseUrlOf(request, publicUrl)}/api/cairn/v1/s3`
  return { url, expiration_time: expires, aws_temp_credentials: { ...keys, access_point } }
}

const scopeOf = ({ type, id, write }: CredentialsTarget, principal: Caller) => ({
  type,
  id,
  write,
  principal: principal.id,
  ...(principal.token && { token: principal.token }),
  ...(principal.session && { session: principal.session }),
})
