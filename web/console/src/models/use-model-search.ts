import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { searchModels } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { nameFilter } from '../experiments/name-filter.js'
import { useDebounced } from '../ui/use-debounced.js'

/** Registered models whose names contain the text. */
export function useModelSearch(text: string) {
  const search = useDebounced(text.trim())
  return useQuery({
    queryKey: queryKeys.models(search),
    queryFn: ({ signal }) => searchModels(search ? { filter: nameFilter(search) } : {}, signal),
    placeholderData: keepPreviousData,
    select: ({ registered_models = [] }) => registered_models,
  })
}
