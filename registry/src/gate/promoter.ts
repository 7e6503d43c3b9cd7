import { METASTORE } from '@cairn/platform/auth/authorizer'
import type { FastifyRequest } from 'fastify'

/** Who takes a gate away, or what it guards, decides what is served, like who promotes. @throws PERMISSION_DENIED */
export const requirePromoter = (request: FastifyRequest) => request.authorize('PROMOTE MODELS', METASTORE)
