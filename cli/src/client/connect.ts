import { type Client, createClient, type Fetch } from '@cairn/platform/protocol/client'
import type { Command } from 'commander'
import { accessToken, serverAddress } from './profile.js'
import { fetchFrom } from './unreachable.js'

export interface Connection {
  readonly call: Client
  readonly server: string
  readonly token: string | undefined
  readonly fetch: Fetch
}

/** Connects to the server of the command line, the environment or the stored profile, in this order. */
export function connect(command: Command): Connection {
  const flags = command.optsWithGlobals<{ server?: string; token?: string }>()
  const server = serverAddress(flags.server).value.replace(/\/$/, '')
  const token = accessToken(flags.token, server)
  const fetch = fetchFrom(server)
  return { server, token, fetch, call: createClient(server, { fetch, ...(token && { token }) }) }
}
