import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { MAX_RUNS } from '../api/batches.js'
import { queryKeys } from '../api/query-keys.js'
import { compareRuns } from '../api/runs.js'
import type { VisibleRun } from '../runs/visible-run.js'

const KEYS_STALE_MS = 10_000

/** The metrics and parameters of runs, and which of them differ. */
export function useKeysOf(runs: readonly VisibleRun[]) {
  const ids = useMemo(() => runs.slice(0, MAX_RUNS).map(({ runId }) => runId), [runs])
  return useQuery({
    queryKey: queryKeys.comparedKeys(ids),
    queryFn: ({ signal }) => compareRuns(ids, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: KEYS_STALE_MS,
  })
}
