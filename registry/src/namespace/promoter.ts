import { PROMOTE_MODELS } from '@cairn/platform/protocol/rights'
import type { FastifyRequest } from 'fastify'
import type { ModelRows } from './model-rows.js'

/** Removing a gate or its model may change what is served, so it requires the privilege to promote. @throws PERMISSION_DENIED */
export const requirePromoter = (request: FastifyRequest, name: string) =>
  request.admitNames({ name }, { right: PROMOTE_MODELS })

/** Renaming and deleting a gated model require the right to promote: a new model of its name has no gate. @throws PERMISSION_DENIED */
export async function requirePromoterIfGated(rows: ModelRows, request: FastifyRequest, name: string) {
  if ((await rows.gatedAlias(name)) !== undefined) await requirePromoter(request, name)
}
