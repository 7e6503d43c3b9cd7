import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import type { FastifyRequest } from 'fastify'

/** Where the client of a request finds this server: at the address it is known to have, or the one that was asked. */
export const originOf = (request: FastifyRequest, publicUrl: string): string =>
  withoutTrailingSlashes(publicUrl) || `${request.protocol}://${request.host}`
