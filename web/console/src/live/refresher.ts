import type { Query, QueryClient } from '@tanstack/react-query'

const LOOK_EVERY_MS = 250
const REST_MS = 500
const LONG_LIST_REST_MS = 5_000
const LONG_LIST_PAGES = 3

/**
 * Asks again for what has changed and is in sight, each query at most twice a second and never while it is being asked;
 * what is not in sight is only marked.
 */
export class Refresher {
  readonly #client: QueryClient
  readonly #due = new Set<Query>()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(client: QueryClient) {
    this.#client = client
  }

  refresh(isAffected: (key: readonly unknown[]) => boolean): void {
    for (const query of this.#client
      .getQueryCache()
      .findAll({ predicate: ({ queryKey }) => isAffected(queryKey) }))
      if (query.isActive()) this.#due.add(query)
      else query.invalidate()
    this.#look()
    if (this.#due.size > 0) this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look() {
    for (const query of this.#due) {
      if (!query.isActive()) {
        query.invalidate()
        this.#due.delete(query)
      } else if (isRested(query)) {
        this.#due.delete(query)
        void this.#client.refetchQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false })
      }
    }
    if (this.#due.size === 0) this.stop()
  }
}

/** An answer that is under way may be older than the change, so it is waited for and asked for again. */
function isRested({ state }: Query): boolean {
  if (state.fetchStatus === 'fetching') return false
  const { pages } = (state.data ?? {}) as { pages?: readonly unknown[] }
  const restMs = pages && pages.length > LONG_LIST_PAGES ? LONG_LIST_REST_MS : REST_MS
  return Date.now() - Math.max(state.dataUpdatedAt, state.errorUpdatedAt) >= restMs
}
