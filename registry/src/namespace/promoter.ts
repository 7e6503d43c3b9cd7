import { PROMOTE_MODELS } from '@cairn/platform/protocol/rights'
import type { FastifyRequest } from 'fastify'

/** Removing a gate, or the model behind it, changes what is served, so it requires the privilege to promote. @throws PERMISSION_DENIED */
export const requirePromoter = (request: FastifyRequest, name: string) =>
  request.admitNames({ name }, { right: PROMOTE_MODELS })
