import { setTimeout as sleep } from 'node:timers/promises'
import type { GuardedChange } from '@cairn/platform/events/coalesce'
import type { Subscription } from '@cairn/platform/events/feed'

const HEARTBEAT_MS = 15_000
/** Minimum interval between messages to a client; changes in between are merged into one message. */
const MIN_INTERVAL_MS = 250
const RECONNECT_MS = 2_000

export type ChangeFilter = (noted: readonly GuardedChange[]) => Promise<GuardedChange[]>

export interface StreamTiming {
  readonly heartbeatMs: number
  readonly minIntervalMs: number
}

/**
 * Generates server-sent events with back-pressure: while a client is slow, changes are merged in its mailbox. Changes
 * that the filter drops still advance the client's position.
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
    const visible = await filter(delivery?.changes ?? []) // also authenticates the client again
    if (!delivery) yield ': nothing new\n\n'
    else if (delivery.reset) yield controlEvent('reset', delivery.position)
    else {
      const lines = visible.map(({ change }) => `data: ${JSON.stringify(change)}\n\n`)
      yield `${lines.join('')}id: ${delivery.position}\n\n` // position last: if the stream breaks, the changes are sent again
    }
    await sleep(minIntervalMs, undefined, { ref: false })
  }
}

const controlEvent = (event: string, position: string) => `id: ${position}\nevent: ${event}\ndata: {}\n\n`
