import type { FastifyReply } from 'fastify'

/** Calls `abandon` when the client closes the connection before its response. */
export const onDisconnect =
  ({ raw }: FastifyReply) =>
  (abandon: () => void) => {
    raw.once('close', () => {
      if (!raw.writableFinished) abandon()
    })
  }
