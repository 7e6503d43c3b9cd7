/** The time, and numbers that grow with it: rows logged together keep their order, and later ones follow. */
export class Clock {
  readonly now: () => number
  #last = 0

  constructor(now: () => number) {
    this.now = now
  }

  /** The first of `count` positions in a row. */
  positions(count: number): number {
    const first = Math.max(this.#last + 1, this.now() * 1000)
    this.#last = first + count - 1
    return first
  }

  /** Rows that are logged together, with their positions. */
  positioned<Row extends object>(rows: readonly Row[]): (Row & { readonly position: number })[] {
    const first = this.positions(rows.length)
    return rows.map((row, i) => ({ ...row, position: first + i }))
  }
}
