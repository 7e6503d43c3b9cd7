import { handle } from '@cairn/platform/http/handle'
import { CollectGarbage } from '@cairn/platform/protocol/garbage'
import type { FastifyPluginAsync } from 'fastify'
import type { Garbage } from './garbage.js'

export const garbageRoutes: FastifyPluginAsync<{ garbage: Garbage }> = async (app, { garbage }) => {
  handle(app, CollectGarbage, (input) => garbage.page(input))
}
