import type { Feed, Subscription } from '@cairn/platform/events/feed'
import type { ChangeType } from '@cairn/platform/protocol/cairn/events'
import type { FastifyBaseLogger } from 'fastify'

const WATCHED: ReadonlySet<ChangeType> = new Set([
  'model_alias',
  'registered_model',
  'model_version',
  'endpoint',
])
const WAIT_MS = 60_000

/** Calls back when models, aliases or endpoints have changed, in this process or in another one on the database. */
export class ChangeListener {
  readonly #feed: Feed
  readonly #onChange: () => void
  readonly #log: Pick<FastifyBaseLogger, 'warn'>
  #subscription: Subscription | undefined

  constructor(feed: Feed, onChange: () => void, log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#feed = feed
    this.#onChange = onChange
    this.#log = log
  }

  async start(): Promise<void> {
    const subscription = await this.#feed.subscribe()
    this.#subscription = subscription
    this.#listen(subscription).catch((err) =>
      this.#log.warn({ err }, 'events cannot be read; changes of models are noticed by polling'),
    )
  }

  stop(): void {
    this.#subscription?.unsubscribe()
  }

  async #listen({ mailbox }: Subscription): Promise<void> {
    for (;;) {
      const delivery = await mailbox.take(WAIT_MS)
      if (delivery === 'closed') return
      if (delivery?.reset || delivery?.changes.some(({ change }) => WATCHED.has(change.type)))
        this.#onChange()
    }
  }
}
