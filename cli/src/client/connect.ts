import { ApiError } from '@cairn/platform/errors'
import { type Client, createClient, type Fetch } from '@cairn/platform/protocol/client'
import type { Command } from 'commander'
import { accessToken, serverAddress } from './profile.js'

export interface Connection {
  readonly call: Client
  readonly server: string
  readonly token: string | undefined
  readonly fetch: Fetch
}

/** The server that the command line, the environment or the stored profile names. */
export function connect(command: Command): Connection {
  const flags = command.optsWithGlobals<{ server?: string; token?: string }>()
  const server = serverAddress(flags.server).value.replace(/\/$/, '')
  const token = accessToken(flags.token, server)
  const fetch = reaching(server)
  return { server, token, fetch, call: createClient(server, { fetch, ...(token && { token }) }) }
}

/** What no server answered is said in one sentence, with what to do. */
const reaching =
  (server: string): Fetch =>
  async (url, init) => {
    try {
      return await globalThis.fetch(url, init)
    } catch (cause) {
      throw new ApiError(
        'TEMPORARILY_UNAVAILABLE',
        `No server answers at ${server}: start one with \`cairn up\`, or name another with --server.`,
        { cause },
      )
    }
  }
