import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { search } from '../api/search.js'
import { useDebounced } from '../ui/use-debounced.js'
import { matchingHits } from './items.js'

const MAX_TEXT = 200

/** Searches after a pause in typing; the request of an earlier text is aborted. */
export function useSearch(text: string) {
  const current = text.trim().slice(0, MAX_TEXT)
  const wanted = useDebounced(current, '')
  const query = useQuery({
    queryKey: queryKeys.search(wanted),
    queryFn: ({ signal }) => search(wanted, signal),
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
    retry: false,
  })
  const found = wanted === '' ? [] : (query.data ?? [])
  const isCurrent = wanted === current && !query.isPlaceholderData
  return {
    isError: query.isError,
    hits: isCurrent ? found : matchingHits(found, current),
    isSearching: wanted !== current || query.isFetching,
  }
}
