import { groupBy } from '@cairn/platform/collections/group-by'

export interface OwnedRow {
  /** Id of the run, model or trace that the row belongs to. */
  readonly owner: string
  readonly position: number
}

/** Groups rows by owner, in the order of first logging. */
export class ItemsByOwner<Row extends OwnedRow, Item> {
  readonly #rows: Map<string, Row[]>
  readonly #toItem: (row: Row) => Item

  constructor(rows: readonly Row[], toItem: (row: Row) => Item) {
    this.#rows = groupBy(rows, ({ owner }) => owner)
    this.#toItem = toItem
  }

  /** Returns `{ [name]: items }`, or `{}` if the owner has none. */
  get<Name extends string>(owner: string, name: Name): { [field in Name]?: Item[] } {
    const rows = this.#rows.get(owner)
    if (!rows) return {}
    const items = rows.sort((a, b) => a.position - b.position).map(this.#toItem)
    return { [name]: items } as { [field in Name]: Item[] }
  }
}
