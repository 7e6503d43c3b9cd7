import { availableParallelism } from 'node:os'
import type { FastifyInstance } from 'fastify'

const POLL_MS = 0.25

/**
 * For a moment after an answer the event loop looks for the next request without sleeping, as a processor that sleeps takes
 * longer to wake than many a request takes to answer (ADR 23). On a single processor it would only take the client's time.
 */
export function busyPoll(app: FastifyInstance, ms = POLL_MS) {
  if (availableParallelism() === 1) return
  let until = 0
  let looking = false
  const look = () => {
    looking = performance.now() < until
    if (looking) setImmediate(look)
  }
  app.addHook('onResponse', async () => {
    until = performance.now() + ms
    if (looking) return
    looking = true
    setImmediate(look)
  })
}
