import type { Change } from '@cairn/platform/protocol/events'
import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import { queryKeys, startsWith } from '../api/query-keys.js'
import { batchGetTraces, type TraceInfo, type TracePage } from '../api/traces.js'
import { traceTime } from './trace-values.js'
import { type Bounds, boundsOf } from './traces-state.js'

type Pages = InfiniteData<TracePage, string>

const WAIT_MS = 300

/** Patches changed traces in the loaded pages of lists without a filter, instead of loading the pages again. */
export class TracePatcher {
  readonly #client: QueryClient
  readonly #pending = new Map<Query, Set<string>>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(client: QueryClient) {
    this.#client = client
  }

  /** @returns whether the change will be patched into the query; otherwise it must be loaded again */
  patch(query: Query, change: Change): boolean {
    if (change.type !== 'traces' || !change.trace_ids) return false
    const [, , filter, , orderBy] = query.queryKey
    const isPlain = startsWith(query.queryKey, queryKeys.traces(change.experiment_id)) && !filter && !orderBy
    if (!isPlain || !query.isActive() || !query.state.data) return false
    const ids = this.#pending.get(query) ?? new Set()
    for (const id of change.trace_ids) ids.add(id)
    this.#pending.set(query, ids)
    this.#timer ??= setTimeout(() => void this.#load(), WAIT_MS)
    return true
  }

  stop() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending.clear()
  }

  async #load() {
    this.#timer = undefined
    const work = [...this.#pending]
    this.#pending.clear()
    await Promise.all(
      work.map(async ([query, ids]) => {
        try {
          const changed = await batchGetTraces([...ids])
          if (query.state.fetchStatus === 'fetching') return await query.invalidate()
          this.#client.setQueryData<Pages>(
            query.queryKey,
            (pages) => pages && withTraces(pages, ids, changed, rangeOf(query)),
          )
        } catch {
          await query.invalidate()
        }
      }),
    )
  }
}

const rangeOf = ({ queryKey: [, , , range] }: Query) =>
  typeof range === 'string' ? boundsOf(range, Date.now()) : {}

/** Replaces the changed traces, removes those that no longer exist, and puts new ones within the bounds first. */
export function withTraces(
  data: Pages,
  ids: ReadonlySet<string>,
  changed: readonly TraceInfo[],
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Bounds = {},
): Pages {
  const byId = new Map(changed.map((trace) => [trace.trace_id, trace]))
  const pages = data.pages.map((page) => ({
    ...page,
    traces: page.traces.flatMap((trace) => {
      if (!ids.has(trace.trace_id)) return [trace]
      const now = byId.get(trace.trace_id)
      byId.delete(trace.trace_id)
      return now ? [now] : []
    }),
  }))
  const last = pages.at(-1)?.traces.at(-1)
  const hasMore = pages.at(-1)?.next !== undefined
  const oldest = hasMore && last ? Math.max(from, traceTime(last)) : from
  const added = [...byId.values()].filter((trace) => traceTime(trace) >= oldest && traceTime(trace) <= to)
  const first = pages[0]
  if (first && added.length > 0)
    pages[0] = { ...first, traces: [...added, ...first.traces].sort((a, b) => traceTime(b) - traceTime(a)) }
  return { ...data, pages }
}
