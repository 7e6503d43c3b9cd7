import { CairnError } from '../cairn-error.js'
import type { Batch } from '../tracking/runs.js'
import type { Metric, Param, Tag } from '../wire.js'

const MAX_ITEMS = { metrics: 1000, params: 100, tags: 100, all: 1000 } as const

export interface BufferOptions {
  /** Longest time in milliseconds that an item is buffered. Default 1000. */
  readonly flushAfterMs?: number
  /** Number of buffered items that starts sending immediately. Default 500. */
  readonly flushAtItems?: number
  /** Number of buffered items from which `add` waits for room. Default 10 000. */
  readonly maxItems?: number
  /** Called for every batch that could not be stored after all retries. */
  readonly onLostValues?: (error: unknown, lost: Batch) => void
}

type Item =
  | { readonly kind: 'metrics'; readonly value: Metric }
  | { readonly kind: 'params'; readonly value: Param }
  | { readonly kind: 'tags'; readonly value: Tag }

/**
 * Buffers a run's values and sends them in order, one batch at a time, within the server's limits. `send` must be
 * idempotent. A batch rejected with 400 is bisected, so that an invalid item loses only itself.
 */
export class LogBuffer {
  readonly #send: (batch: Batch) => Promise<void>
  readonly #options: Required<BufferOptions>
  #waiting: Item[] = []
  #sending: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #waitingForRoom: (() => void)[] = []

  constructor(send: (batch: Batch) => Promise<void>, options: BufferOptions = {}) {
    this.#send = send
    this.#options = {
      flushAfterMs: 1000,
      flushAtItems: 500,
      maxItems: 10_000,
      onLostValues: () => {},
      ...options,
    }
  }

  /** Adds the whole batch, in order; resolves when there is room for more. Await it to bound memory. */
  async add(batch: Batch): Promise<void> {
    for (const value of batch.metrics ?? []) this.#waiting.push({ kind: 'metrics', value })
    for (const value of batch.params ?? []) this.#waiting.push({ kind: 'params', value })
    for (const value of batch.tags ?? []) this.#waiting.push({ kind: 'tags', value })
    if (this.#waiting.length >= this.#options.flushAtItems) this.#start()
    else if (this.#waiting.length > 0)
      this.#timer ??= setTimeout(() => this.#start(), this.#options.flushAfterMs)
    if (this.#waiting.length >= this.#options.maxItems)
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve))
  }

  /** Resolves when everything added so far is stored or reported as lost. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sending) {
      this.#start()
      await this.#sending
    }
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.length > 0) this.#sending ??= this.#drain()
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { taken, rest } = takeBatch(this.#waiting)
      this.#waiting = rest
      await this.#deliver(taken)
      if (this.#waiting.length < this.#options.maxItems)
        for (const resume of this.#waitingForRoom.splice(0)) resume()
    }
    // Must be synchronous with the check above: items added after it need a new drain.
    this.#sending = undefined
  }

  async #deliver(items: readonly Item[]): Promise<void> {
    try {
      await this.#send(toBatch(items))
    } catch (error) {
      if (items.length === 1 || !(error instanceof CairnError) || error.status !== 400)
        return this.#options.onLostValues(error, toBatch(items))
      const half = items.length >> 1
      await this.#deliver(items.slice(0, half))
      await this.#deliver(items.slice(half))
    }
  }
}

/** Takes the longest prefix of the queue that fits into one `log-batch`; each parameter key appears once in it. */
function takeBatch(waiting: readonly Item[]): { taken: Item[]; rest: Item[] } {
  const counts = { metrics: 0, params: 0, tags: 0 }
  const params = new Map<string, string>()
  const taken: Item[] = []
  let read = 0
  for (; read < waiting.length && taken.length < MAX_ITEMS.all; read++) {
    const item = waiting[read]!
    if (item.kind === 'params') {
      const known = params.get(item.value.key)
      if (known === item.value.value) continue
      if (known !== undefined) break // a changed value goes into a separate batch, where the server rejects it
      params.set(item.value.key, item.value.value)
    }
    if (counts[item.kind] === MAX_ITEMS[item.kind]) break
    counts[item.kind]++
    taken.push(item)
  }
  return { taken, rest: waiting.slice(read) }
}

function toBatch(items: readonly Item[]): Batch {
  const batch = { metrics: [] as Metric[], params: [] as Param[], tags: [] as Tag[] }
  for (const item of items) {
    if (item.kind === 'metrics') batch.metrics.push(item.value)
    else if (item.kind === 'params') batch.params.push(item.value)
    else batch.tags.push(item.value)
  }
  return batch
}
