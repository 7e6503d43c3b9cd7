/** Items and users are called by integer or by text, one kind per table. */
export type Id = string | number

/** Text order for text, numeric for numbers. */
export const compareIds = (a: Id, b: Id): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Finds the row of an id. Clients that know only text, or only numbers, find the row too: `7` and `"7"` are one id.
 */
export class IdIndex {
  readonly #rows = new Map<string, number>()
  readonly ids: readonly Id[]

  constructor(ids: readonly Id[]) {
    this.ids = ids
    for (let row = 0; row < ids.length; row++) this.#rows.set(String(ids[row]), row)
  }

  /** Fewer than there are ids when some repeat. */
  get size(): number {
    return this.#rows.size
  }

  find(id: Id): number | undefined {
    return this.#rows.get(String(id))
  }
}

/** For each row its place in the order of ids: what breaks ties between equal scores. */
export function rankIds(ids: readonly Id[]): Uint32Array {
  const order = Uint32Array.from(ids, (_, row) => row)
  order.sort((a, b) => compareIds(ids[a]!, ids[b]!))
  const ranks = new Uint32Array(ids.length)
  for (let place = 0; place < order.length; place++) ranks[order[place]!] = place
  return ranks
}
