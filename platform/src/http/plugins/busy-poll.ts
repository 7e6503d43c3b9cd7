import { availableParallelism } from 'node:os'
import type { FastifyInstance } from 'fastify'

const POLL_MS = 0.25

/**
 * Polls for the next request for a moment after each response, because waking an idle CPU takes longer than most requests
 * (ADR 23). Does nothing on a single CPU, where it would only delay the client.
 */
export function busyPoll(app: FastifyInstance, ms = POLL_MS) {
  if (availableParallelism() === 1) return
  let until = 0
  let isPolling = false
  const poll = () => {
    isPolling = performance.now() < until
    if (isPolling) setImmediate(poll)
  }
  app.addHook('onResponse', (_request, _reply, done) => {
    until = performance.now() + ms
    if (!isPolling) setImmediate(poll)
    isPolling = true
    done()
  })
}
