import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

/** A dependency that must be available before the server is ready. `check` rejects while it is not. */
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
    const failures = (await Promise.all(ready.map(failureOf))).filter((one) => one !== undefined)
    if (failures.length > 0)
      throw new ApiError('TEMPORARILY_UNAVAILABLE', failures.map(({ reason }) => reason).join(' '), {
        details: { checks: failures },
      })
    return { status: 'ready', checks: ready.map((one) => one.name) }
  })
}

/** Checks a dependency. Only the reasons of known errors are shown, because `/ready` is open to anyone. */
async function failureOf({ name, check }: ReadinessCheck) {
  const silent = `${name} does not respond.`
  const timeout = sleep(CHECK_TIMEOUT_MS, { name, reason: silent }, { ref: false })
  const checked = check().then(
    () => undefined,
    (error: unknown) => ({ name, reason: error instanceof ApiError ? error.message : silent }),
  )
  return Promise.race([checked, timeout])
}
