import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { searchExperiments } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { searchRuns } from '../api/runs.js'

/** MLflow has no escape inside quotes: what holds one kind goes between the other. */
export const nameFilter = (wish: string): string => {
  const quote = wish.includes("'") ? '"' : "'"
  return `name ILIKE ${quote}%${wish.replaceAll(quote === '"' ? '"' : "'", '')}%${quote}`
}

export const useExperiments = (wish: string) =>
  useInfiniteQuery({
    queryKey: queryKeys.experiments(wish),
    queryFn: ({ pageParam, signal }) =>
      searchExperiments(
        { ...(wish && { filter: nameFilter(wish) }), ...(pageParam && { page_token: pageParam }) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
  })

const COUNTED = 50

/** The newest run and how many there are, counted up to fifty; asked once the line is in sight. */
export const useActivity = (experimentId: string, seen: boolean) =>
  useQuery({
    enabled: seen,
    queryKey: queryKeys.activity(experimentId),
    queryFn: async ({ signal }) => {
      const page = await searchRuns({ experiment_ids: [experimentId], max_results: COUNTED }, signal)
      const runs = page.runs ?? []
      return {
        last: runs[0]?.info,
        count: runs.length,
        more: Boolean(page.next_page_token),
        running: runs.filter(({ info }) => info.status === 'RUNNING').length,
      }
    },
  })
