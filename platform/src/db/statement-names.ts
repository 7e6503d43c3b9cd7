/** The number of prepared statements per connection. Further texts are parsed and planned every time. */
const MAX_STATEMENTS = 500

/** Assigns names to statements that PostgreSQL's connections have prepared. */
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

  /** Discards all plans by using new names from now on. */
  renew() {
    this.#generation++
    this.#names.clear()
  }
}
