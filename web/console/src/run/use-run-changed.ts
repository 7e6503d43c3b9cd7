import { useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import type { RunInfo } from '../api/runs.js'

/** Refetches a run and the lists with it after a change on this page. */
export function useRunChanged({ run_id, experiment_id }: Pick<RunInfo, 'run_id' | 'experiment_id'>) {
  const queries = useQueryClient()
  return () =>
    Promise.all(
      [queryKeys.run(run_id), queryKeys.runs(experiment_id), queryKeys.activity(experiment_id)].map(
        (queryKey) => queries.invalidateQueries({ queryKey }),
      ),
    )
}
