import type { Redis } from 'ioredis'

/** Checks whether Redis answers, on a separate connection, which the first check opens. */
export class RedisCheck {
  readonly #url: string
  #redis: Redis | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Rejects while Redis does not answer. */
  async check(): Promise<void> {
    this.#redis ??= await this.#open()
    await this.#redis.ping()
  }

  close(): void {
    this.#redis?.disconnect()
  }

  async #open(): Promise<Redis> {
    const { default: ioredis } = await import('ioredis') // a bundle has no other name
    const redis = new ioredis.Redis(this.#url, { lazyConnect: true, maxRetriesPerRequest: 0 })
    redis.on('error', () => undefined) // the check reports it
    return redis
  }
}
