import { messageOf } from '@cairn/platform/errors'
import type { ModelQuery } from './messages.js'
import type { ModelHost } from './model-host.js'
import type { ModelLease } from './model-pool.js'
import type { Prediction, QueryOptions } from './request-queue.js'
import { unavailable } from './unavailable.js'

interface ScalingOptions {
  readonly lease: ModelLease
  /** Loads the model again, from the files in the cache. */
  readonly acquire: () => Promise<ModelLease>
  readonly idleMs: number
}

/** Limit of requests that wait while the model is loaded. */
const MAX_WAITING = 256

/** Checks for idleness in each idle time. */
const CHECKS = 4

/** A model that scales to zero: it is freed after a time without requests, and the next request loads it again. */
export class ScalingModel implements ModelHost {
  readonly description: ModelHost['description']
  readonly #options: ScalingOptions
  readonly #timer: NodeJS.Timeout
  #lease: ModelLease | undefined
  #waking: Promise<ModelLease> | undefined
  #open = 0
  #isClosed = false
  #usedAt = performance.now()

  constructor(options: ScalingOptions) {
    this.description = options.lease.host.description
    this.#options = options
    this.#lease = options.lease
    this.#timer = setInterval(() => this.#sleepIfIdle(), options.idleMs / CHECKS).unref()
  }

  /** A model that is scaled to zero has not failed. */
  get failure(): string | undefined {
    return this.#lease?.host.failure
  }

  isBusyFor(caller: string): boolean {
    return this.#lease?.host.isBusyFor(caller) ?? false
  }

  get isAsleep(): boolean {
    return this.#lease === undefined
  }

  async predict(query: ModelQuery, options?: QueryOptions): Promise<Prediction> {
    if (this.#isClosed) throw unavailable('it has been replaced or deleted')
    if (!this.#lease && this.#open >= MAX_WAITING) throw unavailable('too many requests wait for it to load')
    this.#open++
    try {
      const { host } = this.#lease ?? (await this.#wake())
      return await host.predict(query, options)
    } finally {
      this.#open--
      this.#usedAt = performance.now()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    const lease = this.#lease ?? (await this.#waking?.catch(() => undefined))
    this.#lease = undefined
    await lease?.release()
  }

  /** Concurrent requests share one load. */
  #wake(): Promise<ModelLease> {
    this.#waking ??= this.#load().finally(() => {
      this.#waking = undefined
    })
    return this.#waking
  }

  async #load(): Promise<ModelLease> {
    try {
      const lease = await this.#options.acquire()
      if (!this.#isClosed) this.#lease = lease
      return lease
    } catch (cause) {
      throw unavailable(`it could not be loaded: ${messageOf(cause)}`, { cause })
    }
  }

  #sleepIfIdle() {
    const isIdle = this.#open === 0 && performance.now() - this.#usedAt >= this.#options.idleMs
    if (!isIdle || !this.#lease) return
    const lease = this.#lease
    this.#lease = undefined
    void lease.release()
  }
}
