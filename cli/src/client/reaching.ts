import { ApiError } from '@cairn/platform/errors'
import type { Fetch } from '@cairn/platform/protocol/client'

/** `fetch`, where a server that does not answer is said in one sentence. */
export const reaching =
  (away: string): Fetch =>
  async (url, init) => {
    try {
      return await globalThis.fetch(url, init)
    } catch (cause) {
      throw new ApiError('TEMPORARILY_UNAVAILABLE', away, { cause })
    }
  }

/** What no server answered, with what to do. */
export const noAnswerAt = (server: string) =>
  `No server answers at ${server}: start one with \`cairn up\`, or name another with --server.`
