/** The current time, and increasing positions derived from it that keep rows in the order of logging. */
export class Clock {
  readonly now: () => number
  #last = 0

  constructor(now: () => number) {
    this.now = now
  }

  /** Reserves `count` consecutive positions. @returns the first */
  positions(count: number): number {
    const first = Math.max(this.#last + 1, this.now() * 1000)
    this.#last = first + count - 1
    return first
  }

  /** Adds consecutive positions to rows. */
  positioned<Row extends object>(rows: readonly Row[]): (Row & { readonly position: number })[] {
    const first = this.positions(rows.length)
    return rows.map((row, i) => ({ ...row, position: first + i }))
  }
}
