import type { Change } from '@cairn/platform/protocol/cairn/events'
import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import { keyStartsWith, queryKeys } from '../api/query-keys.js'
import { batchGetTraces, searchTraces, type TraceInfo, type TracePage } from '../api/traces.js'
import { MIN_INTERVAL_MS } from '../live/intervals.js'
import { PatchQueue } from '../live/patch-queue.js'
import { traceTime } from './trace-values.js'
import { type Bounds, boundsOf } from './traces-state.js'

type Pages = InfiniteData<TracePage, string>

/** With more changes the rows are read again. */
const MAX_CHANGED_ROWS = 500

/** Patches changed traces in lists without a filter and in the rows of evaluation runs, instead of loading them again. */
export class TracePatcher {
  readonly #queue: PatchQueue<ReadonlySet<string>>

  constructor(client: QueryClient) {
    this.#queue = new PatchQueue({
      client,
      intervalOf: () => MIN_INTERVAL_MS,
      read,
      merge: (earlier, later) => new Set([...earlier, ...later]),
    })
  }

  /** @returns whether the change will be patched into the query; otherwise it must be loaded again */
  patch(query: Query, change: Change): boolean {
    if (change.type !== 'traces' || !change.trace_ids) return false
    const [, , filter, , orderBy] = query.queryKey
    const isPlain =
      keyStartsWith(query.queryKey, queryKeys.traces(change.experiment_id)) && !filter && !orderBy
    const isRows = keyStartsWith(query.queryKey, queryKeys.evaluationRows(change.experiment_id))
    if (!(isPlain || isRows) || !query.isActive() || !query.state.data) return false
    this.#queue.put(query, new Set(change.trace_ids))
    return true
  }

  stop() {
    this.#queue.stop()
  }
}

/** Reads the changed traces. @returns the data of the query with them */
async function read(query: Query, ids: ReadonlySet<string>) {
  const { queryKey, state } = query
  if (!keyStartsWith(queryKey, queryKeys.evaluationRows()))
    return withTraces(state.data as Pages, ids, await batchGetTraces([...ids]), rangeOf(query))
  if (ids.size > MAX_CHANGED_ROWS) return undefined
  const [, experimentId, runId] = queryKey as [string, string, string]
  const list = [...ids].map((id) => `'${id}'`).join(', ')
  const { traces } = await searchTraces({
    experimentIds: [experimentId],
    filter: `attributes.run_id = '${runId}' AND attributes.trace_id IN (${list})`,
    maxResults: MAX_CHANGED_ROWS,
  })
  return withRows(state.data as TraceInfo[], ids, traces)
}

/** Replaces the changed rows of an evaluation run, removes those that it no longer has, and puts new ones last. */
export function withRows(
  rows: readonly TraceInfo[],
  ids: ReadonlySet<string>,
  changed: readonly TraceInfo[],
): readonly TraceInfo[] {
  if (changed.length === 0 && !rows.some(({ trace_id }) => ids.has(trace_id))) return rows
  const byId = new Map(changed.map((trace) => [trace.trace_id, trace]))
  const known = rows.flatMap((row) => {
    if (!ids.has(row.trace_id)) return [row]
    const now = byId.get(row.trace_id)
    byId.delete(row.trace_id)
    return now ? [now] : []
  })
  return [...known, ...[...byId.values()].sort((a, b) => traceTime(a) - traceTime(b))]
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
