/** Id of an item or user: an integer or text, one kind per table. */
export type Id = string | number

/** Compares text lexically and numbers numerically. */
export const compareIds = (a: Id, b: Id): number => (a < b ? -1 : a > b ? 1 : 0)

/** Maps ids to rows. `7` and `"7"` are the same id, so clients may send either. */
export class IdIndex {
  readonly #rows = new Map<Id, number>()
  readonly ids: readonly Id[]

  constructor(ids: readonly Id[]) {
    this.ids = ids
    for (let row = 0; row < ids.length; row++) this.#rows.set(canonical(ids[row]!), row)
  }

  /** The number of distinct ids. */
  get size(): number {
    return this.#rows.size
  }

  find(id: Id): number | undefined {
    return this.#rows.get(canonical(id))
  }
}

/** Integers as numbers, which are found faster than their text. */
function canonical(id: Id): Id {
  if (typeof id === 'number') return id
  const number = Number(id)
  return Number.isSafeInteger(number) && String(number) === id ? number : id
}

/** Returns each row's position in the order of ids, which breaks ties between equal scores. */
export function rankIds(ids: readonly Id[]): Uint32Array {
  const order = Uint32Array.from(ids, (_, row) => row)
  order.sort((a, b) => compareIds(ids[a]!, ids[b]!))
  const ranks = new Uint32Array(ids.length)
  for (let rank = 0; rank < order.length; rank++) ranks[order[rank]!] = rank
  return ranks
}
