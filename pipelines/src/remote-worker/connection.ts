import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, isTemporary } from '@cairn/platform/errors'
import { createClient } from '@cairn/platform/protocol/client'
import type { Input, Operation, Output } from '@cairn/platform/protocol/operation'

interface CallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const TIMEOUT_MS = 10_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/** Calls of a worker to its server, which may be temporarily unavailable. */
export class ServerConnection {
  readonly server: string
  readonly token: string | undefined

  constructor(server: string, token: string | undefined) {
    this.server = server
    this.token = token
  }

  /** @throws TEMPORARILY_UNAVAILABLE when the server cannot be reached in time; the reason of `signal`; the server's error */
  call<O extends Operation>(op: O, input: Input<O>, options: CallOptions = {}): Promise<Output<O>> {
    const fetch = (url: string, init: RequestInit) => this.fetch(url, init, options)
    return createClient(this.server, { fetch, ...(this.token && { token: this.token }) })(op, input)
  }

  async fetch(
    url: string,
    init: RequestInit,
    { timeoutMs = TIMEOUT_MS, signal }: CallOptions = {},
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, {
        ...init,
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      })
      // The timeout includes the body.
      return new Response(await response.arrayBuffer(), response)
    } catch (cause) {
      signal?.throwIfAborted()
      throw new ApiError('TEMPORARILY_UNAVAILABLE', `The server ${this.server} cannot be reached.`, { cause })
    }
  }

  /** Repeats a call while it fails temporarily, until `isOver`. @throws the last error */
  async persist<O extends Operation>(op: O, input: Input<O>, isOver: () => boolean): Promise<Output<O>> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await this.call(op, input)
      } catch (error) {
        if (!isTemporary(error) || isOver()) throw error
        await sleep(pause)
      }
    }
  }
}
