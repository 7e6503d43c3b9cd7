import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { previousDataOf } from '../api/previous-data.js'
import { queryKeys } from '../api/query-keys.js'
import { type Run, searchRuns } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import { type ColumnKeys, NO_KEYS, toProjection } from './column-keys.js'
import { type RunRow, toRow } from './row.js'
import {
  FIRST_PAGE,
  type LoadedPage,
  nextStart,
  PAGE_RUNS,
  type PageStart,
  type Pages,
  skippedRuns,
  startOf,
} from './run-pages.js'
import { useMissingKeys } from './use-missing-keys.js'

export interface RunsQuery {
  readonly experimentId: string
  readonly filter: string
  readonly orderBy: string | undefined
  readonly deleted: boolean
  /** The keys to read; undefined until they are known. */
  readonly keys: ColumnKeys | undefined
}

/** Pages farther from the visible rows are dropped. */
const MAX_PAGES = 30
const POLL_MS = 1_000
const MANY_PAGES_POLL_MS = 5_000
const IDLE_POLL_MS = 10_000

export type Runs = ReturnType<typeof useRuns>

/**
 * The runs of an experiment around the visible rows, page by page, with the keys of the shown columns. Polls while the event
 * stream is disconnected, each second if a run is running.
 */
export function useRuns({ experimentId, filter, orderBy, deleted, keys }: RunsQuery) {
  const client = useQueryClient()
  const queryKey = useMemo(
    () => queryKeys.runs(experimentId, deleted, filter, orderBy),
    [experimentId, filter, orderBy, deleted],
  )
  const readPage = async (start: PageStart, signal?: AbortSignal): Promise<LoadedPage> => {
    const page = await searchRuns(
      {
        experiment_ids: [experimentId],
        max_results: PAGE_RUNS,
        run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
        ...(filter && { filter }),
        ...(orderBy && { order_by: [orderBy] }),
        ...(start.token && { page_token: start.token }),
        projection: toProjection(keys!),
      },
      signal,
    )
    return { ...page, keys: keys! }
  }
  const query = useInfiniteQuery<LoadedPage, Error, Pages, readonly unknown[], PageStart>({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage(pageParam, signal),
    enabled: keys !== undefined,
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page, _pages, start) => nextStart(page, start),
    getPreviousPageParam: (_page, _pages, start) => start.previous,
    maxPages: MAX_PAGES,
    placeholderData: previousDataOf(queryKeys.runs(experimentId, deleted)),
    structuralSharing: false, // comparing megabytes of pages would take longer than drawing them
    refetchInterval: (query) => pollWhileOffline(query, (data) => interval(data?.pages ?? [])),
  })
  const { data, isPlaceholderData, isFetching } = query
  useMissingKeys(queryKey, isPlaceholderData ? undefined : data, keys ?? NO_KEYS, isFetching)
  const jumping = useRef(false)
  /** Replaces the loaded pages by an earlier one. */
  const jumpTo = async (index: number) => {
    const from = data?.pageParams[0]
    if (!from || jumping.current) return
    jumping.current = true
    try {
      const start = startOf(index, from)
      const page = await readPage(start)
      client.setQueryData<Pages>(queryKey, { pages: [page], pageParams: [start] })
    } finally {
      jumping.current = false
    }
  }
  const rows = useMemo(() => toRows(data?.pages ?? []), [data?.pages])
  const firstPage = data?.pageParams[0]?.index === 0 ? data.pages[0] : undefined
  return {
    ...query,
    rows,
    /** The first page, while it is loaded. */
    firstPage,
    skipped: skippedRuns(data),
    jumpTo,
    live: rows.some(({ info }) => info.status === 'RUNNING'),
  }
}

const interval = (pages: readonly LoadedPage[]) => {
  const running = pages.some(({ runs }) => runs?.some(({ info }) => info.status === 'RUNNING'))
  return running ? (pages.length > 3 ? MANY_PAGES_POLL_MS : POLL_MS) : IDLE_POLL_MS
}

const rowOf = new WeakMap<Run, RunRow>()

export function rowOfRun(run: Run): RunRow {
  const row = rowOf.get(run) ?? toRow(run)
  rowOf.set(run, row)
  return row
}

/** Keeps the first of duplicates: a run that moved between two page loads appears twice. */
function toRows(pages: readonly LoadedPage[]): RunRow[] {
  const rows = new Map<string, RunRow>()
  for (const run of pages.flatMap((page) => page.runs ?? []))
    if (!rows.has(run.info.run_id)) rows.set(run.info.run_id, rowOfRun(run))
  return [...rows.values()]
}
