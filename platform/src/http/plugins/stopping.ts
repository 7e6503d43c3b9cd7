import { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

/**
 * Rejects new requests from the network while the server stops, before they do anything. Running requests finish, including
 * their calls to services in the same process.
 */
export function rejectWhileStopping(app: FastifyInstance) {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (stopping && raw instanceof IncomingMessage)
      throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The server is stopping: nothing was done. Try again.')
    done()
  })
}
