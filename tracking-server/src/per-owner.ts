import { groupBy } from '@cairn/platform/collections/group-by'

export interface Positioned {
  /** The run or model it belongs to. */
  readonly owner: string
  readonly position: number
}

/** What belongs to each owner, in the order of first logging; nothing of a kind leaves its field out. */
export class PerOwner<Row extends Positioned, Item> {
  readonly #rows: Map<string, Row[]>
  readonly #toItem: (row: Row) => Item

  constructor(rows: readonly Row[], toItem: (row: Row) => Item) {
    this.#rows = groupBy(rows, ({ owner }) => owner)
    this.#toItem = toItem
  }

  get<Name extends string>(owner: string, name: Name): { [field in Name]?: Item[] } {
    const rows = this.#rows.get(owner)
    if (!rows) return {}
    const items = rows.sort((a, b) => a.position - b.position).map(this.#toItem)
    return { [name]: items } as { [field in Name]: Item[] }
  }
}
