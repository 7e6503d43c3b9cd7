import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import type { FastifyRequest } from 'fastify'

/** Returns the base URL under which a client reaches this server: the configured one, or that of the request. */
export const baseUrlOf = (request: FastifyRequest, publicUrl: string): string =>
  withoutTrailingSlashes(publicUrl) || `${request.protocol}://${request.host}`
