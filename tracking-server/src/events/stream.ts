import { setTimeout as sleep } from 'node:timers/promises'
import type { Noted } from '@cairn/platform/events/coalesce'
import type { Subscription } from '@cairn/platform/events/feed'

const HEARTBEAT_MS = 15_000
/** A client hears at most this often; what happens in between reaches it at once and merged. */
const MIN_INTERVAL_MS = 250
const RECONNECT_MS = 2_000

export type ChangeFilter = (noted: readonly Noted[]) => Promise<Noted[]>

export interface StreamTiming {
  readonly heartbeatMs: number
  readonly minIntervalMs: number
}

/**
 * Server-sent events, made only as fast as they are taken: while a client is slow its mailbox gathers, and merges. What
 * passes no sieve still moves the client's position on.
 */
export async function* eventStream(
  { mailbox, position, reset }: Subscription,
  filter: ChangeFilter,
  { heartbeatMs, minIntervalMs }: StreamTiming = {
    heartbeatMs: HEARTBEAT_MS,
    minIntervalMs: MIN_INTERVAL_MS,
  },
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n${controlEvent(reset ? 'reset' : 'ready', position)}`
  for (;;) {
    const delivery = await mailbox.take(heartbeatMs)
    if (delivery === 'closed') return
    const heard = await filter(delivery?.noted ?? []) // also asks who it is again
    if (!delivery) yield ': nothing new\n\n'
    else if (delivery.reset) yield controlEvent('reset', delivery.position)
    else {
      const lines = heard.map(({ change }) => `data: ${JSON.stringify(change)}\n\n`)
      yield `${lines.join('')}id: ${delivery.position}\n\n` // the position last: a torn stream is heard again
    }
    await sleep(minIntervalMs, undefined, { ref: false })
  }
}

const controlEvent = (event: string, position: string) => `id: ${position}\nevent: ${event}\ndata: {}\n\n`
