export interface Positioned {
  /** The run or model it belongs to. */
  readonly owner: string
  readonly position: number
}

/** What belongs to each owner, in the order of first logging; nothing of a kind leaves its field out. */
export class PerOwner<T> {
  readonly #lists = new Map<string, { readonly position: number; readonly item: T }[]>()

  constructor(rows: readonly Positioned[], toItem: (row: never) => T) {
    for (const row of rows) {
      const entry = { position: row.position, item: toItem(row as never) }
      const list = this.#lists.get(row.owner)
      if (list) list.push(entry)
      else this.#lists.set(row.owner, [entry])
    }
  }

  get<Name extends string>(owner: string, name: Name): { [field in Name]?: T[] } {
    const list = this.#lists.get(owner)
    if (!list) return {}
    const items = list.sort((a, b) => a.position - b.position).map(({ item }) => item)
    return { [name]: items } as { [field in Name]: T[] }
  }
}
