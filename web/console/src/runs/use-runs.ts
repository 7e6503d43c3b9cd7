import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { type Run, type RunPage, searchRuns } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import { type RunRow, toRow } from './row.js'

export interface RunsQuery {
  readonly experimentId: string
  readonly filter: string
  readonly orderBy: string | undefined
  readonly deleted: boolean
}

const PAGE = 100
const POLL_MS = 1_000
const MANY_PAGES_POLL_MS = 5_000
const IDLE_POLL_MS = 10_000

/** The runs of an experiment, page by page. Polls while the event stream is disconnected, each second if a run is running. */
export function useRuns({ experimentId, filter, orderBy, deleted }: RunsQuery) {
  const query = useInfiniteQuery({
    queryKey: queryKeys.runs(experimentId, filter, orderBy, deleted),
    queryFn: ({ pageParam, signal }) =>
      searchRuns(
        {
          experiment_ids: [experimentId],
          max_results: PAGE,
          run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
          ...(filter && { filter }),
          ...(orderBy && { order_by: [orderBy] }),
          ...(pageParam && { page_token: pageParam }),
        },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
    structuralSharing: false, // comparing megabytes of pages would take longer than drawing them
    refetchInterval: (query) => pollWhileOffline(query, (data) => interval(data?.pages ?? [])),
  })
  const pages = query.data?.pages
  const rows = useMemo(() => toRows(pages ?? []), [pages])
  return { ...query, rows, live: rows.some(({ info }) => info.status === 'RUNNING') }
}

const interval = (pages: readonly RunPage[]) => {
  const running = pages.some(({ runs }) => runs?.some(({ info }) => info.status === 'RUNNING'))
  return running ? (pages.length > 3 ? MANY_PAGES_POLL_MS : POLL_MS) : IDLE_POLL_MS
}

const rowOf = new WeakMap<Run, RunRow>()

/** Keeps the first of duplicates: a run that moved between two page loads appears twice. */
function toRows(pages: readonly RunPage[]): RunRow[] {
  const rows = new Map<string, RunRow>()
  for (const run of pages.flatMap((page) => page.runs ?? [])) {
    if (rows.has(run.info.run_id)) continue
    const row = rowOf.get(run) ?? toRow(run)
    rowOf.set(run, row)
    rows.set(run.info.run_id, row)
  }
  return [...rows.values()]
}
