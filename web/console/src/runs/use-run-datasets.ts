import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { batchesOf } from '../api/batches.js'
import { queryKeys } from '../api/query-keys.js'
import { batchGetRuns, type Run } from '../api/runs.js'
import { useStableList } from '../charts/use-stable-list.js'
import type { RunDataset } from './grouping.js'

/** The table reads no datasets; its other keys are known. */
const DATASETS_ONLY = { metrics: [], params: [], tags: [], inputs: true }

/** The datasets of runs by id; empty unless `enabled`. */
export function useRunDatasets(ids: readonly string[], enabled: boolean) {
  const batches = useMemo(() => (enabled ? batchesOf(ids) : []), [ids, enabled])
  const results = useQueries({
    queries: batches.map((batch) => ({
      queryKey: queryKeys.comparedRuns(batch, DATASETS_ONLY),
      queryFn: ({ signal }: { signal: AbortSignal }) => batchGetRuns(batch, DATASETS_ONLY, signal),
      placeholderData: keepPreviousData,
    })),
  })
  const read = useStableList(results.map(({ data }) => data))
  return useMemo(() => new Map(read.flatMap((runs) => (runs ?? []).map(datasetsOf))), [read])
}

const datasetsOf = ({ info, inputs }: Run): [string, readonly RunDataset[]] => [
  info.run_id,
  (inputs.dataset_inputs ?? []).map(({ dataset }) => dataset),
]
