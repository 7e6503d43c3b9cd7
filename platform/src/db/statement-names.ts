/** Statements kept on each connection; a text beyond them is parsed and planned every time. */
const MAX_STATEMENTS = 500

/** The names by which PostgreSQL's connections know statements that they have parsed and planned. */
export class StatementNames {
  readonly #names = new Map<string, string>()
  #generation = 0

  of(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known || this.#names.size >= MAX_STATEMENTS) return known
    const name = `cairn_${this.#generation}_${this.#names.size}`
    this.#names.set(text, name)
    return name
  }

  /** What was planned is not asked for again: new names from now on. */
  renew() {
    this.#generation++
    this.#names.clear()
  }
}
