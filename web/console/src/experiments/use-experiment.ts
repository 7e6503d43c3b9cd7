import { useQuery } from '@tanstack/react-query'
import { getExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'

export const useExperiment = (experimentId: string) =>
  useQuery({
    queryKey: queryKeys.experiment(experimentId),
    queryFn: ({ signal }) => getExperiment(experimentId, signal),
  })
