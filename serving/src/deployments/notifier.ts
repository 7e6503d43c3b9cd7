import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import { type Consumer, type Jobs, queue } from '@cairn/platform/jobs/jobs'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { NotificationMessage, type Notifications } from '@cairn/platform/protocol/serving-settings'
import type { Destinations } from '@cairn/platform/webhooks/destinations'
import { post } from '@cairn/platform/webhooks/post'
import type { DeploymentRow, EndpointRow, ServingSchema } from '../schema.js'

const QUEUE = queue({ name: 'endpoint-notifications', payload: NotificationMessage })
const POLL_MS = 5_000
const PAGE = 100
const CONCURRENCY = 4

export interface NotifierParts {
  readonly db: Db<ServingSchema>
  /** Opened when the first notification is due. */
  readonly openJobs: () => Promise<Jobs>
  readonly destinations: Destinations
  readonly log: Log
  readonly timeoutMs: number
}

type EndedDeployment = DeploymentRow & Pick<EndpointRow, 'name' | 'email_notifications'>

/** Calls the URLs of an endpoint after each deployment, at least once: deployments are marked when their calls are queued. */
export class Notifier {
  readonly #parts: NotifierParts
  readonly #poll: PollLoop
  #queue: Promise<{ jobs: Jobs; consumer: Consumer }> | undefined

  constructor(parts: NotifierParts) {
    this.#parts = parts
    this.#poll = new PollLoop({
      turn: () => this.#notify(),
      intervalMs: POLL_MS,
      onError: (err) => parts.log.warn({ err }, 'notifications of endpoints could not be queued yet'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  /** Looks now, after a deployment has ended. */
  wake(): void {
    this.#poll.wake()
  }

  async stop(): Promise<void> {
    await this.#poll.stop()
    const opened = await this.#queue?.catch(() => undefined)
    await opened?.jobs.close()
  }

  async #notify(): Promise<void> {
    if (!this.#queue && (await this.#hasRecipients())) await this.#open() // calls that an earlier process has queued
    for (const row of await this.#ended()) {
      const urls = recipientsOf(row)
      if (urls.length > 0) {
        const { jobs } = await this.#open()
        const id = `${row.endpoint_id}.${row.number}.${row.outcome}`
        for (const [index, url] of urls.entries())
          await jobs.add(QUEUE, { url, body: bodyOf(row) }, { id: `${id}.${index}` })
      }
      await this.#markNotified(row)
    }
  }

  #open() {
    this.#queue ??= this.#parts.openJobs().then((jobs) => ({
      jobs,
      consumer: jobs.work(QUEUE, ({ payload, id, signal }) => this.#call(payload, id, signal), {
        concurrency: CONCURRENCY,
      }),
    }))
    this.#queue.catch(() => {
      this.#queue = undefined // opened again at the next turn
    })
    return this.#queue
  }

  /** @throws for any response but 2xx, so that it is called again later */
  async #call({ url, body }: NotificationMessage, id: string, signal: AbortSignal): Promise<void> {
    const { destinations, timeoutMs } = this.#parts
    const destination = await destinations.find(url)
    const { status } = await post({
      ...destination,
      headers: { 'X-Cairn-Delivery-Id': id },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    if (status < 200 || status > 299) throw new Error(`The receiver responded with status ${status}.`)
  }

  #hasRecipients() {
    return this.#parts.db.read
      .selectFrom('endpoints')
      .select('id')
      .where('email_notifications', 'is not', null)
      .limit(1)
      .executeTakeFirst()
  }

  #ended(): Promise<EndedDeployment[]> {
    return this.#parts.db.read
      .selectFrom('endpoint_deployments')
      .innerJoin('endpoints', 'endpoints.id', 'endpoint_deployments.endpoint_id')
      .selectAll('endpoint_deployments')
      .select(['endpoints.name', 'endpoints.email_notifications'])
      .where('notified', '=', 0)
      .where('outcome', '!=', 'IN_PROGRESS')
      .limit(PAGE)
      .execute()
  }

  async #markNotified({ endpoint_id, number, outcome }: EndedDeployment): Promise<void> {
    await this.#parts.db.transaction((tx) =>
      tx
        .updateTable('endpoint_deployments')
        .set({ notified: 1 })
        .where('endpoint_id', '=', endpoint_id)
        .where('number', '=', number)
        .where('outcome', '=', outcome)
        .execute(),
    )
  }
}

function recipientsOf({ outcome, email_notifications }: EndedDeployment): readonly string[] {
  const { on_update_success = [], on_update_failure = [] } = JSON.parse(
    email_notifications ?? '{}',
  ) as Notifications
  if (outcome === 'CANCELED') return []
  return outcome === 'SUCCEEDED' ? on_update_success : on_update_failure
}

const bodyOf = (row: EndedDeployment): string =>
  JSON.stringify({
    entity: 'SERVING_ENDPOINT',
    action: row.outcome === 'SUCCEEDED' ? 'UPDATE_SUCCEEDED' : 'UPDATE_FAILED',
    timestamp: new Date(row.end_timestamp ?? row.creation_timestamp).toISOString(),
    data: {
      name: row.name,
      deployment: row.number,
      reason: row.reason,
      message: row.message,
      creator: row.creator,
      ...(row.config_version !== null && { config_version: row.config_version }),
      served_entities: JSON.parse(row.resolved ?? '[]'),
    },
  })
