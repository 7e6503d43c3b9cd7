import { newHolderId } from '@cairn/platform/jobs/process-id'
import type { FastifyBaseLogger } from 'fastify'
import type { WebhookDeliveryRow } from '../schema.js'
import type { Deliveries } from './deliveries.js'
import { outcomeOf } from './outcome.js'
import type { WebhookSender } from './sender.js'
import type { WebhookStore } from './store.js'

const POLL_MS = 500
const SWEEP_MS = 10 * 60 * 1000
/** Beyond the time a request may take: to store how it ended. */
const LEASE_MARGIN_MS = 30_000
const TO_ONE_WEBHOOK = 4

export interface DispatcherParts {
  readonly deliveries: Deliveries
  readonly webhooks: WebhookStore
  readonly sender: WebhookSender
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  readonly maxWorkers: number
  readonly maxRetries: number
  readonly timeoutMs: number
  readonly now: () => number
}

/**
 * Sends what is in the outbox: at least once, at the same time from one process only, and to a webhook that does not
 * answer no more than its share.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #holder = newHolderId()
  readonly #running = new Map<string, { readonly webhookId: string; readonly done: Promise<void> }>()
  /** Webhooks that did not answer the last time. */
  readonly #silent = new Set<string>()
  readonly #stopped = new AbortController()
  #poll: NodeJS.Timeout | undefined
  #look: Promise<void> | undefined
  #again = false
  /** On a clock that nobody sets. */
  #sweptAt: number | undefined

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  /** Looks for work now, and from now on; a call during a look makes it look once more. */
  wake(): void {
    this.#again = true
    if (this.#stopped.signal.aborted || this.#look) return
    clearTimeout(this.#poll)
    this.#look = this.#lookOnce().finally(() => {
      this.#look = undefined
      if (this.#stopped.signal.aborted) return
      if (this.#again) return this.wake()
      this.#poll = setTimeout(() => this.wake(), POLL_MS)
      this.#poll.unref()
    })
  }

  /** Breaks off what is being sent; whoever serves next sends it again, under the same id. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#poll)
    await this.#look
    await Promise.all([...this.#running.values()].map(({ done }) => done))
    await this.#parts.deliveries.release(this.#holder).catch((err) => {
      this.#parts.log.warn({ err }, 'deliveries could not be given back: their leases run out')
    })
  }

  async #lookOnce() {
    const { deliveries, log } = this.#parts
    this.#again = false
    try {
      await this.#sweep()
      await deliveries.releaseDead()
      if (!this.#stopped.signal.aborted) await this.#take(await deliveries.webhooksDue())
    } catch (err) {
      log.warn({ err }, 'the outbox of webhooks cannot be read at the moment')
      this.#again = false // the poll tries again
    }
  }

  async #sweep() {
    const { deliveries } = this.#parts
    if (this.#sweptAt === undefined) await this.#begin()
    else if (performance.now() < this.#sweptAt + SWEEP_MS) return
    await deliveries.sweep()
    this.#sweptAt = performance.now()
  }

  async #begin() {
    const { deliveries, log } = this.#parts
    await deliveries.sweepOrphans()
    const webhook_ids = await deliveries.webhooksWithOtherKey()
    if (webhook_ids.length > 0)
      log.warn(
        { webhook_ids },
        'secrets of webhooks were encrypted with another key, and what they are told waits for who has it: set CAIRN_WEBHOOK_SECRET_KEY, or the secrets again',
      )
  }

  /** Of the free hands each webhook gets its share, beginning with another one each time. */
  async #take(webhookIds: readonly string[]) {
    let free = this.#parts.maxWorkers - this.#running.size
    let wanting = 0
    const takes = rotated(webhookIds).map(async (webhookId) => {
      const share = this.#shareOf(webhookId)
      const limit = Math.min(share, free)
      if (limit < share) wanting++
      if (limit <= 0) return 0
      free -= limit
      return limit - (await this.#claim(webhookId, limit))
    })
    const unused = (await Promise.all(takes)).reduce((sum, one) => sum + one, 0)
    if (wanting > 0 && unused > 0) this.#again = true
  }

  /** Who gave no answer the last time is asked for one thing at a time until it does. */
  #shareOf(webhookId: string): number {
    const running = [...this.#running.values()].filter((one) => one.webhookId === webhookId).length
    return (this.#silent.has(webhookId) ? 1 : TO_ONE_WEBHOOK) - running
  }

  async #claim(webhookId: string, limit: number): Promise<number> {
    const { deliveries, timeoutMs } = this.#parts
    const claimed = await deliveries.claim(webhookId, this.#holder, limit, timeoutMs + LEASE_MARGIN_MS)
    for (const delivery of claimed) this.#start(delivery)
    return claimed.length
  }

  #start(delivery: WebhookDeliveryRow) {
    const done = this.#send(delivery).finally(() => {
      this.#running.delete(delivery.delivery_id)
      this.wake()
    })
    this.#running.set(delivery.delivery_id, { webhookId: delivery.webhook_id, done })
  }

  async #send({ delivery_id, webhook_id, body, attempts }: WebhookDeliveryRow) {
    const { deliveries, webhooks, sender, log, maxRetries, now } = this.#parts
    const stopped = this.#stopped.signal
    const facts = { delivery_id, webhook_id, attempt: attempts + 1 }
    try {
      const webhook = await webhooks.getRow(webhook_id)
      if (webhook.status !== 'ACTIVE') return // what was still pending was cancelled with it
      const result = await sender
        .send(webhook, { deliveryId: delivery_id, body }, stopped)
        .catch((error: unknown) => ({ error }))
      if ('error' in result && stopped.aborted) return
      this.#remember(webhook_id, result)
      const outcome = outcomeOf(result, { made: attempts + 1, maxRetries, now: now() })
      await deliveries.settle(delivery_id, this.#holder, outcome)
      if (outcome.state === 'failed') log.warn({ ...facts, ...outcome }, 'a delivery was given up')
      if (outcome.state === 'pending') log.info({ ...facts, ...outcome }, 'a delivery is tried again later')
    } catch (err) {
      // Its lease runs out and it is sent again, which is what at-least-once means.
      log.warn({ ...facts, err }, 'the end of a delivery could not be stored')
    }
  }

  #remember(webhookId: string, result: object) {
    if ('error' in result) this.#silent.add(webhookId)
    else this.#silent.delete(webhookId)
  }
}

function rotated<Item>(items: readonly Item[]): Item[] {
  const first = Math.floor(Math.random() * items.length)
  return [...items.slice(first), ...items.slice(0, first)]
}
