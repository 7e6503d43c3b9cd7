import type { FastifyRequest } from 'fastify'
import { withoutTrailingSlashes } from '../blobs/path.js'

/** Returns the base URL under which a client reaches this server: the configured one, or that of the request. */
export const baseUrlOf = (request: FastifyRequest, publicUrl: string): string =>
  withoutTrailingSlashes(publicUrl) || `${request.protocol}://${request.host}`
