import { CairnError } from '../cairn-error.js'
import type { Batch } from '../tracking/runs.js'
import type { Metric, Param, Tag } from '../wire.js'

const MOST = { metrics: 1000, params: 100, tags: 100, all: 1000 } as const

export interface BufferOptions {
  /** How long an item waits at most before it is sent. Default 1000. */
  readonly flushAfterMs?: number
  /** How many items waiting start a send at once. Default 500. */
  readonly flushAtItems?: number
  /** From how many items waiting `add` resolves only when there is room again. Default 10 000. */
  readonly maxItems?: number
  /** Told of every batch that could not be stored, after all retries. */
  readonly onLoss?: (error: unknown, lost: Batch) => void
}

type Item =
  | { readonly kind: 'metrics'; readonly value: Metric }
  | { readonly kind: 'params'; readonly value: Param }
  | { readonly kind: 'tags'; readonly value: Tag }

/**
 * Collects what a run logs and sends it in batches the server takes, in order, one at a time. `send` must be safe to
 * repeat. A batch refused with 400 is halved until the culprit stands alone, so one bad item loses only itself.
 */
export class LogBuffer {
  readonly #send: (batch: Batch) => Promise<void>
  readonly #options: Required<BufferOptions>
  #waiting: Item[] = []
  #sending: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #roomWanted: (() => void)[] = []

  constructor(send: (batch: Batch) => Promise<void>, options: BufferOptions = {}) {
    this.#send = send
    this.#options = { flushAfterMs: 1000, flushAtItems: 500, maxItems: 10_000, onLoss: () => {}, ...options }
  }

  /** Takes everything at once, in order; resolves when there is room for more. Await it, or memory is unbounded. */
  async add(batch: Batch): Promise<void> {
    for (const value of batch.metrics ?? []) this.#waiting.push({ kind: 'metrics', value })
    for (const value of batch.params ?? []) this.#waiting.push({ kind: 'params', value })
    for (const value of batch.tags ?? []) this.#waiting.push({ kind: 'tags', value })
    if (this.#waiting.length >= this.#options.flushAtItems) this.#start()
    else if (this.#waiting.length > 0)
      this.#timer ??= setTimeout(() => this.#start(), this.#options.flushAfterMs)
    if (this.#waiting.length >= this.#options.maxItems)
      await new Promise<void>((resolve) => this.#roomWanted.push(resolve))
  }

  /** Resolves when everything added so far is stored or reported lost. */
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
      if (this.#waiting.length < this.#options.maxItems) for (const go of this.#roomWanted.splice(0)) go()
    }
    // Not a moment later: what is added from here on has nobody else to send it.
    this.#sending = undefined
  }

  async #deliver(items: readonly Item[]): Promise<void> {
    try {
      await this.#send(toBatch(items))
    } catch (error) {
      if (items.length === 1 || !(error instanceof CairnError) || error.status !== 400)
        return this.#options.onLoss(error, toBatch(items))
      const half = items.length >> 1
      await this.#deliver(items.slice(0, half))
      await this.#deliver(items.slice(half))
    }
  }
}

/** The longest prefix of the queue that one `log-batch` may carry; a parameter key appears once in it. */
function takeBatch(waiting: readonly Item[]): { taken: Item[]; rest: Item[] } {
  const counts = { metrics: 0, params: 0, tags: 0 }
  const params = new Map<string, string>()
  const taken: Item[] = []
  let read = 0
  for (; read < waiting.length && taken.length < MOST.all; read++) {
    const item = waiting[read]!
    if (item.kind === 'params') {
      const known = params.get(item.value.key)
      if (known === item.value.value) continue
      if (known !== undefined) break // a changed value: the server answers that in a batch of its own
      params.set(item.value.key, item.value.value)
    }
    if (counts[item.kind] === MOST[item.kind]) break
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
