import { ApiError } from '@cairn/platform/errors'
import type { Fetch } from '@cairn/platform/protocol/client'

/** A `fetch` that reports a connection failure with this message. @throws TEMPORARILY_UNAVAILABLE */
export const fetchOrExplain =
  (message: string): Fetch =>
  async (url, init) => {
    try {
      return await globalThis.fetch(url, init)
    } catch (cause) {
      throw new ApiError('TEMPORARILY_UNAVAILABLE', message, { cause })
    }
  }

export const unreachableMessage = (server: string) =>
  `The server ${server} cannot be reached: start it with \`cairn up\`, or pass another with --server.`

export const fetchFrom = (server: string): Fetch => fetchOrExplain(unreachableMessage(server))
