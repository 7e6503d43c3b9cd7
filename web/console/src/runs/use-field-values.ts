import { useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { listRunValues } from '../api/runs.js'
import { knownValues } from './filter-completion.js'

const KINDS = { params: 'params', tags: 'tags', dataset: 'datasets' } as const

/** The values of a field in an experiment, for completion. */
export function useFieldValues(experimentId: string, field: string | undefined): readonly string[] {
  const dot = field?.indexOf('.') ?? -1
  const kind = field === undefined ? undefined : KINDS[field.slice(0, dot) as keyof typeof KINDS]
  const key = field?.slice(dot + 1) ?? ''
  const { data } = useQuery({
    queryKey: queryKeys.runValues(experimentId, kind ?? '', key),
    queryFn: ({ signal }) => listRunValues({ experiment_id: experimentId, kind: kind!, key }, signal),
    enabled: kind !== undefined && key !== '',
    staleTime: 60_000,
  })
  return data ?? knownValues(field)
}
