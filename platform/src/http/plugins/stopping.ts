import { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

/**
 * A server that stops finishes what is under way, with all that this asks of services in the same process. Whatever else
 * still comes over the network is refused before anything is done.
 */
export function rejectWhileStopping(app: FastifyInstance) {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onRequest', async ({ raw }) => {
    if (stopping && raw instanceof IncomingMessage)
      throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The server is stopping: nothing was done. Try again.')
  })
}
