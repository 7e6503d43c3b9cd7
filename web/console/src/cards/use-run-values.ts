import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { batchesOf } from '../api/batches.js'
import { queryKeys } from '../api/query-keys.js'
import { batchGetRuns, type Run } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import { useStableList } from '../charts/use-stable-list.js'
import type { VisibleRun } from '../runs/visible-run.js'
import { projectionOf, type RunValues, runValues } from './run-values.js'

const POLL_MS = 5_000

/** Reads columns of runs, in requests of up to 1,000 runs. */
export function useRunValues(runs: readonly VisibleRun[], columns: readonly string[]) {
  const projection = projectionOf(columns)
  const batches = useMemo(() => batchesOf(runs.map(({ runId }) => runId)), [runs])
  const results = useQueries({
    queries: batches.map((ids) => ({
      queryKey: queryKeys.comparedRuns(ids, projection),
      queryFn: ({ signal }: { signal: AbortSignal }) => batchGetRuns(ids, projection, signal),
      placeholderData: keepPreviousData,
      enabled: columns.length > 0,
      refetchInterval: (query: Parameters<typeof pollWhileOffline<Run[]>>[0]) =>
        pollWhileOffline(query, (data) =>
          data?.some(({ info }) => info.status === 'RUNNING') ? POLL_MS : false,
        ),
    })),
  })
  const data = useStableList(results.map((result) => result.data))
  const values = useMemo(() => loadedValues(runs, data), [runs, data])
  return {
    values,
    isPending: columns.length > 0 && results.some(({ isPending }) => isPending),
    failed: results.find(({ isError, data }) => isError && data === undefined),
  }
}

/** Undefined until all batches have loaded. */
const loadedValues = (runs: readonly VisibleRun[], data: readonly (Run[] | undefined)[]) =>
  data.every((batch) => batch !== undefined) ? valuesOf(runs, data.flat()) : undefined

function valuesOf(runs: readonly VisibleRun[], read: readonly Run[]): RunValues[] {
  const byId = new Map(read.map((run) => [run.info.run_id, run]))
  return runs.map((run) => runValues(run, byId.get(run.runId)))
}
