import type { Query, QueryClient } from '@tanstack/react-query'

const CHECK_MS = 250

interface PatchQueueOptions<Pending> {
  readonly client: QueryClient
  /** The least time between two changes of the data of a query. */
  readonly intervalOf: (query: Query) => number
  /** Reads what changed. @returns the new data; undefined if the query must be loaded again */
  readonly read: (query: Query, pending: Pending) => Promise<unknown>
  readonly merge: (earlier: Pending, later: Pending) => Pending
}

/** Patches queries on screen, each one at most once in its interval, and never while it loads. */
export class PatchQueue<Pending> {
  readonly #options: PatchQueueOptions<Pending>
  readonly #pending = new Map<Query, Pending>()
  readonly #reading = new Set<Query>()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(options: PatchQueueOptions<Pending>) {
    this.#options = options
  }

  /** @returns all that is pending of the query */
  put(query: Query, pending: Pending): Pending {
    const earlier = this.#pending.get(query)
    const all = earlier === undefined ? pending : this.#options.merge(earlier, pending)
    this.#pending.set(query, all)
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS)
    return all
  }

  /** Forgets what is pending of a query that will be loaded again. */
  drop(query: Query): void {
    this.#pending.delete(query)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#pending.clear()
  }

  #check() {
    if (isTabHidden()) return
    for (const [query, pending] of this.#pending) {
      if (!query.isActive()) query.invalidate()
      else if (!this.#isDue(query)) continue
      else void this.#patch(query, pending)
      this.#pending.delete(query)
    }
    if (this.#pending.size > 0 || this.#reading.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #isDue(query: Query): boolean {
    const { fetchStatus, dataUpdatedAt, errorUpdatedAt } = query.state
    if (fetchStatus === 'fetching' || this.#reading.has(query)) return false
    return Date.now() - Math.max(dataUpdatedAt, errorUpdatedAt) >= this.#options.intervalOf(query)
  }

  async #patch(query: Query, pending: Pending) {
    const { client, read } = this.#options
    const { data, isInvalidated } = query.state
    this.#reading.add(query)
    // A load that failed leaves data without earlier changes, which a patch would present as complete.
    const next = isInvalidated ? undefined : await read(query, pending).catch(() => undefined)
    this.#reading.delete(query)
    if (client.getQueryCache().get(query.queryHash) !== query) return // the user has signed out, for example
    if (next === undefined) {
      await client.refetchQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false })
    } else if (query.state.data === data && query.state.fetchStatus !== 'fetching') {
      client.setQueryData(query.queryKey, next)
    } else this.put(query, pending) // loaded meanwhile, perhaps from before the change
  }
}

/** Returns whether nobody sees the page. */
export const isTabHidden = () => (globalThis as { document?: Document }).document?.hidden === true
