import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { batchGetRuns, compareRuns, type Projection } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import { HEADLINE_METRICS, intervalKeys } from '../metrics/metric-name.js'
import { toRow } from '../runs/row.js'
import { FACT_TAGS } from './run-facts.js'

const POLL_MS = 5_000

/** The keys that the page shows of every run, whatever is scrolled into view. */
const OVERVIEW: Projection = {
  metrics: HEADLINE_METRICS.flatMap((key) => [key, ...intervalKeys(key)]),
  params: [],
  tags: ['cairn.protocol', 'cairn.data_digest', 'cairn.model_kind', ...FACT_TAGS],
}

/** The compared runs, and a summary of all their keys. Two requests, however many runs. */
export function useComparison(ids: string[]) {
  const enabled = ids.length > 0
  const runs = useQuery({
    queryKey: queryKeys.comparedRuns(ids, OVERVIEW),
    queryFn: ({ signal }) => batchGetRuns(ids, OVERVIEW, signal),
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      pollWhileOffline(query, (data) =>
        data?.some(({ info }) => info.status === 'RUNNING') ? POLL_MS : false,
      ),
  })
  const keys = useQuery({
    queryKey: queryKeys.comparedKeys(ids),
    queryFn: ({ signal }) => compareRuns(ids, signal),
    enabled,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => (runs.data ?? []).map(toRow), [runs.data])
  return { runs, keys, rows }
}
