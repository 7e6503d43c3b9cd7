import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { SparseRows } from '@cairn/flavors/arrow/sparse-rows'
import { countByItem, type Interactions } from '../../data/interactions.js'

/** Events counted before yielding to the event loop: a few milliseconds. */
const EVENTS_PER_YIELD = 20_000

export interface CountOptions {
  /** How many events after an item count as following it, the k-th with weight 1/k. */
  readonly window: number
  /** Added to the denominator of each transition. */
  readonly smoothing: number
  readonly signal?: AbortSignal | undefined
  readonly onItems?: ((done: number) => void | Promise<void>) | undefined
}

/** T[a, b] = Σ 1/k over events of a that b follows k events later, divided by the sum of row a plus the smoothing. */
export async function countTransitions(train: Interactions, options: CountOptions): Promise<SparseRows> {
  const occurrences = eventsByItem(train)
  const counter = new RowCounter(train, options)
  const rows = new GrowingRows(train.items.size)
  let counted = 0
  for (let item = 0; item < train.items.size; item++) {
    const [from, to] = [occurrences.offsets[item]!, occurrences.offsets[item + 1]!]
    counter.count(occurrences.events.subarray(from, to), occurrences.lasts.subarray(from, to), rows)
    counted += to - from
    if (counted < EVENTS_PER_YIELD) continue
    counted = 0
    await options.onItems?.(item + 1)
    await yieldToOthers()
    options.signal?.throwIfAborted()
  }
  return rows.finish()
}

/** The events of each item in order, each with the last event of its user. */
function eventsByItem(train: Interactions) {
  const { starts, ends, itemOf } = train
  const offsets = new Int32Array(train.items.size + 1)
  for (const [item, count] of countByItem(train).entries()) offsets[item + 1] = offsets[item]! + count
  const events = new Int32Array(offsets.at(-1)!)
  const lasts = new Int32Array(events.length)
  const next = offsets.slice()
  for (let user = 0; user < starts.length; user++)
    for (let event = starts[user]!; event < ends[user]!; event++) {
      const at = next[itemOf[event]!]!++
      events[at] = event
      lasts[at] = ends[user]! - 1
    }
  return { offsets, events, lasts }
}

/** Counts one row at a time in a dense buffer. */
class RowCounter {
  readonly #itemOf: Int32Array
  readonly #window: number
  readonly #smoothing: number
  readonly #counts: Float64Array

  constructor({ itemOf, items }: Interactions, { window, smoothing }: CountOptions) {
    this.#itemOf = itemOf
    this.#window = window
    this.#smoothing = smoothing
    this.#counts = new Float64Array(items.size)
  }

  count(events: Int32Array, lasts: Int32Array, rows: GrowingRows): void {
    const found: number[] = []
    let total = 0
    for (let n = 0; n < events.length; n++)
      for (let k = 1; k <= this.#window && events[n]! + k <= lasts[n]!; k++) {
        const follower = this.#itemOf[events[n]! + k]!
        if (this.#counts[follower] === 0) found.push(follower)
        this.#counts[follower]! += 1 / k
        total += 1 / k
      }
    const ascending = Int32Array.from(found).sort()
    rows.add(
      ascending,
      Float32Array.from(ascending, (item) => this.#counts[item]! / (total + this.#smoothing)),
    )
    for (const item of ascending) this.#counts[item] = 0
  }
}

class GrowingRows {
  readonly #offsets: Int32Array
  #rows = 0
  #items = new Int32Array(1024)
  #values = new Float32Array(1024)

  constructor(rows: number) {
    this.#offsets = new Int32Array(rows + 1)
  }

  add(items: Int32Array, values: Float32Array): void {
    const at = this.#offsets[this.#rows]!
    const end = at + items.length
    if (end > this.#items.length) this.#grow(Math.max(end, 2 * this.#items.length))
    this.#items.set(items, at)
    this.#values.set(values, at)
    this.#offsets[++this.#rows] = end
  }

  #grow(length: number): void {
    const [items, values] = [this.#items, this.#values]
    this.#items = new Int32Array(length)
    this.#values = new Float32Array(length)
    this.#items.set(items)
    this.#values.set(values)
  }

  finish(): SparseRows {
    const length = this.#offsets[this.#rows]!
    return {
      offsets: this.#offsets,
      items: this.#items.slice(0, length),
      values: this.#values.slice(0, length),
    }
  }
}
