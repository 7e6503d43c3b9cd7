import type { Query, QueryClient } from '@tanstack/react-query'
import { keyStartsWith, queryKeys } from '../api/query-keys.js'
import { comparedBy } from './affected.js'
import { intervalOfChart, intervalOfRuns, MIN_INTERVAL_MS } from './intervals.js'
import { isTabHidden } from './patch-queue.js'

const CHECK_MS = 250
const LONG_LIST_INTERVAL_MS = 5_000
/** Events on job runs come often, and few of them raise an alert. */
const ALERTS_INTERVAL_MS = 2_000
/** Any change of a run may be a comment, and the bell is on every page. */
const MENTIONS_INTERVAL_MS = 5_000
/** Any change of a run may be a fork, which is searched in all experiments. */
const FORKS_INTERVAL_MS = 5_000
/** Grouping reads all runs of the filter. */
const GROUPS_INTERVAL_MS = 15_000
const LONG_LIST_PAGES = 3
const LONG_LIST_ROWS = 100

/**
 * Refetches changed queries that are on screen, each at most twice a second and never in parallel; invalidates the others.
 * Long lists, mentions, forks, groups of runs, many compared runs and charts of many buckets are refetched less often.
 */
export class Refresher {
  readonly #client: QueryClient
  /** Changed queries, and since when their data are known to be old. */
  readonly #due = new Map<Query, number>()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(client: QueryClient) {
    this.#client = client
  }

  refresh(isAffected: (key: readonly unknown[], query: Query) => boolean): void {
    for (const query of this.#client
      .getQueryCache()
      .findAll({ predicate: (query) => isAffected(query.queryKey, query) }))
      if (!query.isActive()) query.invalidate()
      else if (!this.#due.has(query)) this.#due.set(query, Date.now())
    this.#check()
    if (this.#due.size > 0) this.#timer ??= setInterval(() => this.#check(), CHECK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #check() {
    if (isTabHidden()) return
    for (const [query, since] of this.#due) {
      if (!query.isActive()) {
        query.invalidate()
        this.#due.delete(query)
      } else if (query.state.fetchStatus === 'fetching') {
        this.#due.set(query, Date.now()) // it may return data from before the change
      } else if (isRefetchable(query, since)) {
        this.#due.delete(query)
        void this.#client.refetchQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false })
      }
    }
    if (this.#due.size === 0) this.stop()
  }
}

const isLong = (data: unknown) => {
  if (Array.isArray(data)) return data.length > LONG_LIST_ROWS
  const { pages } = (data ?? {}) as { pages?: readonly unknown[] }
  return pages !== undefined && pages.length > LONG_LIST_PAGES
}

/** Patches of a live list may come more often than its interval, and do not delay the refetch. */
function isRefetchable({ state, queryKey }: Query, since: number): boolean {
  const loaded = Math.max(Math.min(state.dataUpdatedAt, since), state.errorUpdatedAt)
  return Date.now() - loaded >= intervalOf(queryKey, state.data)
}

function intervalOf(key: Query['queryKey'], data: unknown): number {
  if (keyStartsWith(key, queryKeys.runGroups())) return GROUPS_INTERVAL_MS
  if (keyStartsWith(key, queryKeys.alerts())) return ALERTS_INTERVAL_MS
  if (keyStartsWith(key, queryKeys.mentions())) return MENTIONS_INTERVAL_MS
  if (keyStartsWith(key, queryKeys.forks())) return FORKS_INTERVAL_MS
  if (keyStartsWith(key, queryKeys.metricHistory())) return intervalOfChart(data)
  const compared = comparedBy(key)
  if (compared) return intervalOfRuns(compared.length)
  return isLong(data) ? LONG_LIST_INTERVAL_MS : MIN_INTERVAL_MS
}
