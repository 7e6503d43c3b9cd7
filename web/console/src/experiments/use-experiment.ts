import { useQuery } from '@tanstack/react-query'
import { getExperiment, mayEditExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'

export const useExperiment = (experimentId: string) =>
  useQuery({
    queryKey: queryKeys.experiment(experimentId),
    queryFn: ({ signal }) => getExperiment(experimentId, signal),
  })

const STALE_MS = 60_000

/** Whether to offer changes of what is in an experiment; false until the server has decided. */
export const useMayEdit = (experimentId: string): boolean =>
  useQuery({
    queryKey: queryKeys.mayEdit('experiment', experimentId),
    queryFn: ({ signal }) => mayEditExperiment(experimentId, signal),
    staleTime: STALE_MS,
  }).data ?? false
