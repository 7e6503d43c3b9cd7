/** Remembers an answer for a while, so that many requests cause one read. A failure is not remembered. */
export class TimedCache<T> {
  readonly #read: () => Promise<T>
  readonly #maxAgeMs: number
  readonly #now: () => number
  #known: { readonly value: Promise<T>; readonly since: number } | undefined

  /** @param now milliseconds on a monotonic clock */
  constructor(read: () => Promise<T>, maxAgeMs: number, now: () => number = () => performance.now()) {
    this.#read = read
    this.#maxAgeMs = maxAgeMs
    this.#now = now
  }

  get(): Promise<T> {
    const now = this.#now()
    if (this.#known && now - this.#known.since < this.#maxAgeMs) return this.#known.value
    const value = this.#read()
    this.#known = { value, since: now }
    value.catch(() => {
      if (this.#known?.value === value) this.#known = undefined
    })
    return value
  }
}
