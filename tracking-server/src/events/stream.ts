import { setTimeout as sleep } from 'node:timers/promises'
import type { Noted } from '@cairn/platform/events/coalesce'
import type { Subscription } from '@cairn/platform/events/feed'

const HEARTBEAT_MS = 15_000
/** A client hears at most this often; what happens in between reaches it at once and merged. */
const PACE_MS = 250
const RECONNECT_MS = 2_000

export type Sieve = (noted: readonly Noted[]) => Promise<Noted[]>

export interface Pace {
  readonly heartbeatMs: number
  readonly paceMs: number
}

/**
 * Server-sent events, made only as fast as they are taken: while a client is slow its mailbox gathers, and merges. What
 * passes no sieve still moves the client's position on.
 */
export async function* eventStream(
  { mailbox, position, reset }: Subscription,
  sieve: Sieve,
  { heartbeatMs, paceMs }: Pace = { heartbeatMs: HEARTBEAT_MS, paceMs: PACE_MS },
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n${told(reset ? 'reset' : 'ready', position)}`
  for (;;) {
    const delivery = await mailbox.take(heartbeatMs)
    if (delivery === 'closed') return
    const heard = await sieve(delivery?.noted ?? []) // also asks who it is again
    if (!delivery) yield ': nothing new\n\n'
    else if (delivery.reset) yield told('reset', delivery.position)
    else {
      const lines = heard.map(({ change }) => `data: ${JSON.stringify(change)}\n\n`)
      yield `${lines.join('')}id: ${delivery.position}\n\n` // the position last: a torn stream is heard again
    }
    await sleep(paceMs, undefined, { ref: false })
  }
}

const told = (event: string, position: string) => `id: ${position}\nevent: ${event}\ndata: {}\n\n`
