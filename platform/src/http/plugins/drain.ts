import { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

/** The time without a new request after which the server counts as quiet. */
const QUIET_MS = 250
const CHECK_MS = 25
/** The paths that load balancers request, also of an idle server. */
const PROBES = new Set(['/ready', '/health', '/v2/health/live', '/v2/health/ready'])

/**
 * Adds `app.drain`, to be called before `app.close`: `/ready` answers 503, so that load balancers send no more requests, and
 * each response ends its connection. All requests are still answered meanwhile.
 */
export function drainBeforeClose(app: FastifyInstance) {
  let isDraining = false
  let lastRequest = Number.NEGATIVE_INFINITY
  app.addHook('onRequest', ({ raw, url }, reply, done) => {
    if (!(raw instanceof IncomingMessage)) return done() // a call between services of this process
    if (!PROBES.has(url)) lastRequest = performance.now()
    if (!isDraining) return done()
    void reply.header('connection', 'close')
    if (url === '/ready' || url === '/v2/health/ready')
      throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The server is stopping.')
    done()
  })
  app.decorate('drain', async (maxMs: number) => {
    isDraining = true
    const deadline = performance.now() + maxMs
    while (performance.now() < deadline && performance.now() - lastRequest < QUIET_MS) await sleep(CHECK_MS)
  })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Resolves when no more requests arrive, at most after `maxMs`. */
    drain(maxMs: number): Promise<void>
  }
}
