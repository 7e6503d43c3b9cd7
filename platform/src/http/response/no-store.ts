import type { FastifyInstance } from 'fastify'

/** Forbids browsers and proxies to keep the responses of a plugin, for secrets and personal data. */
export const forbidStoring = (app: FastifyInstance) =>
  void app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
