import { METASTORE } from '@cairn/platform/auth/metastore'
import type { FastifyRequest } from 'fastify'

/** Removing a gate, or the model behind it, changes what is served, so it requires the privilege to promote. @throws PERMISSION_DENIED */
export const requirePromoter = (request: FastifyRequest) => request.authorize('PROMOTE MODELS', METASTORE)
