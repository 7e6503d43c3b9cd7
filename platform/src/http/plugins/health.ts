import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

/** A dependency that must be available before the server is ready; `check` rejects while it is not. */
export interface ReadinessCheck {
  readonly name: string
  readonly check: () => Promise<unknown>
}

const CHECK_TIMEOUT_MS = 2_000

export function health(app: FastifyInstance, ready: readonly ReadinessCheck[]) {
  app.get('/health', { config: { right: 'anyone' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html').send('OK'),
  )
  app.get('/ready', { config: { right: 'anyone' }, schema: { hide: true } }, async () => {
    for (const { name, check } of ready) await withTimeout(name, check())
    return { status: 'ready', checks: ready.map((one) => one.name) }
  })
}

function withTimeout(name: string, check: Promise<unknown>) {
  const unavailable = (cause?: unknown) =>
    new ApiError('TEMPORARILY_UNAVAILABLE', `${name} does not respond.`, { cause })
  const timeout = new Promise((_, reject) =>
    setTimeout(() => reject(unavailable()), CHECK_TIMEOUT_MS).unref(),
  )
  return Promise.race([check.catch((cause) => Promise.reject(unavailable(cause))), timeout])
}
