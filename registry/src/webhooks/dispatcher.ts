import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { outcomeOf } from '@cairn/platform/webhooks/outcome'
import type { FastifyBaseLogger } from 'fastify'
import type { WebhookDeliveryRow } from '../schema.js'
import type { AccessRequestEvents } from './access-requests.js'
import type { Deliveries } from './deliveries.js'
import type { WebhookSender } from './sender.js'
import type { WebhookStore } from './store.js'

const POLL_MS = 500
const SWEEP_MS = 10 * 60 * 1000
/** Added to the request timeout, for storing the outcome. */
const LEASE_MARGIN_MS = 30_000
const MAX_PER_WEBHOOK = 4

export interface DispatcherParts {
  readonly requests: Pick<AccessRequestEvents, 'handOver'>
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
 * Sends the deliveries of the outbox at least once. Leases keep other processes from sending the same delivery. Limits per
 * webhook keep a webhook that hangs from delaying the others.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #holder = newProcessId()
  readonly #running = new Map<string, { readonly webhookId: string; readonly done: Promise<void> }>()
  /** Webhooks whose last delivery got no response. */
  readonly #unresponsive = new Set<string>()
  readonly #stopped = new AbortController()
  readonly #poll: PollLoop
  /** The time of the last sweep on the monotonic clock, in milliseconds. */
  #sweptAt: number | undefined

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#poll = new PollLoop({
      turn: () => this.#dispatch(),
      intervalMs: POLL_MS,
      onError: (err) => parts.log.warn({ err }, 'the outbox of webhooks cannot be read at the moment'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  /** Polls the outbox now instead of at the next interval. */
  wake(): void {
    this.#poll.wake()
  }

  /** Aborts the deliveries in progress; the next process sends them again under the same id. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#poll.stop()
    await Promise.all([...this.#running.values()].map(({ done }) => done))
    await this.#parts.deliveries.leases.release(this.#holder).catch((err) => {
      this.#parts.log.warn({ err }, 'deliveries could not be released: they wait for their leases to expire')
    })
  }

  async #dispatch() {
    const { deliveries, requests } = this.#parts
    await requests.handOver()
    await this.#sweep()
    await deliveries.leases.releaseDead()
    if (!this.#stopped.signal.aborted) await this.#claimAll(await deliveries.webhooksDue())
  }

  async #sweep() {
    const { deliveries } = this.#parts
    if (this.#sweptAt === undefined) await this.#sweepAtStart()
    else if (performance.now() < this.#sweptAt + SWEEP_MS) return
    await deliveries.sweep()
    this.#sweptAt = performance.now()
  }

  async #sweepAtStart() {
    const { deliveries, log } = this.#parts
    await deliveries.sweepOrphans()
    const webhook_ids = await deliveries.webhooksWithOtherKey()
    if (webhook_ids.length > 0)
      log.warn(
        { webhook_ids },
        'secrets of webhooks were encrypted with another key, so their deliveries wait for a server with that key: set CAIRN_WEBHOOK_SECRET_KEY, or set the secrets again',
      )
  }

  /** Distributes the free workers over the webhooks, starting with a random one. */
  async #claimAll(webhookIds: readonly string[]) {
    let free = this.#parts.maxWorkers - this.#running.size
    let limited = 0
    const claims = rotated(webhookIds).map(async (webhookId) => {
      const capacity = this.#capacityOf(webhookId)
      const limit = Math.min(capacity, free)
      if (limit < capacity) limited++
      if (limit <= 0) return 0
      free -= limit
      return limit - (await this.#claim(webhookId, limit))
    })
    const unused = (await Promise.all(claims)).reduce((sum, count) => sum + count, 0)
    if (limited > 0 && unused > 0) this.#poll.wake()
  }

  /** An unresponsive webhook gets one delivery at a time until it responds. */
  #capacityOf(webhookId: string): number {
    const running = [...this.#running.values()].filter((delivery) => delivery.webhookId === webhookId).length
    return (this.#unresponsive.has(webhookId) ? 1 : MAX_PER_WEBHOOK) - running
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
      if (webhook.status !== 'ACTIVE') return // its pending deliveries are cancelled
      const result = await sender
        .send(webhook, { deliveryId: delivery_id, body }, stopped)
        .catch((error: unknown) => ({ error }))
      if ('error' in result && stopped.aborted) return
      this.#recordResponse(webhook_id, result)
      const outcome = outcomeOf(result, { made: attempts + 1, maxRetries, now: now() })
      await deliveries.settle(delivery_id, this.#holder, outcome)
      if (outcome.state === 'failed') log.warn({ ...facts, ...outcome }, 'webhook delivery failed')
      if (outcome.state === 'pending') log.info({ ...facts, ...outcome }, 'webhook delivery will be retried')
    } catch (err) {
      // At-least-once: the lease expires and the delivery is sent again.
      log.warn({ ...facts, err }, 'outcome of a webhook delivery not stored')
    }
  }

  #recordResponse(webhookId: string, result: object) {
    if ('error' in result) this.#unresponsive.add(webhookId)
    else this.#unresponsive.delete(webhookId)
  }
}

function rotated<Item>(items: readonly Item[]): Item[] {
  const first = Math.floor(Math.random() * items.length)
  return [...items.slice(first), ...items.slice(0, first)]
}
