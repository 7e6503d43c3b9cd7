import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { search } from '../api/search.js'

const DELAY_MS = 120

/** Searches once the text has rested for a moment; the request of an earlier text is aborted. */
export function useSearch(text: string) {
  const [wanted, setWanted] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim().slice(0, 200)), DELAY_MS)
    return () => clearTimeout(timer)
  }, [text])
  const query = useQuery({
    queryKey: queryKeys.search(wanted),
    queryFn: ({ signal }) => search(wanted, signal),
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
    retry: false,
  })
  const isRested = wanted === text.trim().slice(0, 200)
  return {
    ...query,
    hits: wanted === '' ? [] : (query.data ?? []),
    isSearching: !isRested || query.isFetching,
  }
}
