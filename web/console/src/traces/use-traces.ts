import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { previousDataOf } from '../api/previous-data.js'
import { queryKeys } from '../api/query-keys.js'
import { countTraces, searchTraces, type TraceInfo, type TracePage } from '../api/traces.js'
import { pollWhileOffline } from '../app/query-client.js'
import { inRange, orderClause, type TracesState } from './traces-state.js'

const POLL_MS = 10_000
const PAGE = 100
/** Later pages are larger: who scrolls far needs fewer requests. */
const LATER_PAGE = 500

/** The filter has the time of the first page: all pages of a list have one range, and a reload moves it. */
interface FilteredPage extends TracePage {
  readonly filter: string
}

export type TraceSelection = Pick<TracesState, 'experimentId' | 'wholeFilter' | 'range' | 'order'>

/** The traces of an experiment, page by page. Polls while the event stream is disconnected. */
export function useTraces({ experimentId, wholeFilter, range, order }: TraceSelection) {
  const query = useInfiniteQuery({
    queryKey: queryKeys.traces(experimentId, wholeFilter, range, orderClause(order)),
    queryFn: async ({ pageParam, signal }): Promise<FilteredPage> => {
      const filter = pageParam?.filter ?? inRange(wholeFilter, range)
      const page = await searchTraces(
        {
          ...{ experimentIds: [experimentId], filter, orderBy: orderClause(order) },
          ...(pageParam ? { pageToken: pageParam.next, maxResults: LATER_PAGE } : { maxResults: PAGE }),
        },
        signal,
      )
      return { ...page, filter }
    },
    initialPageParam: undefined as { readonly next: string; readonly filter: string } | undefined,
    getNextPageParam: ({ next, filter }) => (next === undefined ? undefined : { next, filter }),
    placeholderData: previousDataOf(queryKeys.traces(experimentId)),
    structuralSharing: false,
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  })
  const pages = query.data?.pages
  const rows = useMemo(() => distinct(pages ?? []), [pages])
  return { ...query, rows }
}

export type Traces = ReturnType<typeof useTraces>

/** Keeps the first of duplicates: a trace that arrived between two page loads moves others to the next page. */
function distinct(pages: readonly TracePage[]): TraceInfo[] {
  const rows = new Map<string, TraceInfo>()
  for (const { traces } of pages)
    for (const trace of traces) if (!rows.has(trace.trace_id)) rows.set(trace.trace_id, trace)
  return [...rows.values()]
}

export const useTraceCounts = ({ experimentId, wholeFilter, range }: TracesState) =>
  useQuery({
    queryKey: queryKeys.traceCounts(experimentId, wholeFilter, range),
    queryFn: ({ signal }) => countTraces(experimentId, inRange(wholeFilter, range), signal),
    placeholderData: previousDataOf(queryKeys.traceCounts(experimentId)),
    retry: false,
  }).data
