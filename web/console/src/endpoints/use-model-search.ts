import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { searchModels } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { nameFilter } from '../experiments/use-experiments.js'

const DEBOUNCE_MS = 150

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

function useDebounced(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
