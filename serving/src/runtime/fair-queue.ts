/** The waiting items of one caller, oldest first. */
interface Line<Item> {
  readonly items: Map<number, Item>
  /** The sum over its waiting items. */
  cost: number
  /** The cost that the queue has given to this caller, or to others before this caller came. */
  served: number
}

/** The properties by which a queue orders an item. */
export interface QueueItem {
  readonly id: number
  readonly caller: string
  /** A positive weight in any unit. */
  readonly cost: number
}

/**
 * A queue that takes next from the caller who has had the least, by cost: start-time fair queueing
 * (Goyal, Vin, Cheng 1996). A caller with many or large items delays the others by one item.
 */
export class FairQueue<Item extends QueueItem> {
  readonly #lines = new Map<string, Line<Item>>()
  #size = 0
  #served = 0

  get size(): number {
    return this.#size
  }

  add(item: Item): void {
    const line = this.#lines.get(item.caller) ?? { items: new Map(), cost: 0, served: this.#served }
    this.#lines.set(item.caller, line)
    line.items.set(item.id, item)
    line.cost += item.cost
    this.#size++
  }

  /** Removes the next item. */
  take(): Item | undefined {
    let next: Line<Item> | undefined
    for (const line of this.#lines.values()) if (!next || line.served < next.served) next = line
    if (!next) return undefined
    const item = next.items.values().next().value!
    this.#served = next.served
    next.served += item.cost
    this.remove(item)
    return item
  }

  /** @returns whether the item was in the queue */
  remove({ id, caller, cost }: Item): boolean {
    const line = this.#lines.get(caller)
    if (!line?.items.delete(id)) return false
    line.cost -= cost
    this.#size--
    if (line.items.size === 0) this.#lines.delete(caller)
    return true
  }

  /** The number of items before the next one of the caller, if no other caller adds any. */
  aheadOf(caller: string): number {
    const line = this.#lines.get(caller)
    const callers = this.#lines.size + (line ? 0 : 1)
    return Math.min(this.#size, ((line?.items.size ?? 0) + 1) * callers)
  }

  /** The newest item of the caller with the largest cost, if that exceeds the cost of this caller with an item more. */
  displacedBy(caller: string, cost: number): Item | undefined {
    let heaviest: Line<Item> | undefined
    for (const line of this.#lines.values()) if (!heaviest || line.cost > heaviest.cost) heaviest = line
    const own = (this.#lines.get(caller)?.cost ?? 0) + cost
    return heaviest && heaviest.cost > own ? [...heaviest.items.values()].at(-1) : undefined
  }

  /** The oldest item of each caller. */
  *oldest(): Generator<Item> {
    for (const { items } of this.#lines.values()) yield items.values().next().value!
  }

  *[Symbol.iterator](): Generator<Item> {
    for (const { items } of this.#lines.values()) yield* items.values()
  }
}
