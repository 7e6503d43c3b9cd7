import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { searchExperiments } from '../api/experiments.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { searchRuns } from '../api/runs.js'

/** MLflow's filter language has no escapes: text with one kind of quote goes in the other kind. */
export const nameFilter = (search: string): string => {
  const quote = search.includes("'") ? '"' : "'"
  return `name ILIKE ${quote}%${search.replaceAll(quote === '"' ? '"' : "'", '')}%${quote}`
}

export const useExperiments = (search: string, deleted: boolean) =>
  useInfiniteQuery({
    queryKey: queryKeys.experiments(search, deleted),
    queryFn: ({ pageParam, signal }) =>
      searchExperiments(
        {
          ...(search && { filter: nameFilter(search) }),
          ...(deleted && { view_type: 'DELETED_ONLY' }),
          ...(pageParam && { page_token: pageParam }),
        },
        signal,
      ),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })

const MAX_COUNTED = 50

/** The latest run and the number of runs, counted up to 50. Loaded when the row comes into view. */
export const useActivity = (experimentId: string, inView: boolean) =>
  useQuery({
    enabled: inView,
    queryKey: queryKeys.activity(experimentId),
    queryFn: async ({ signal }) => {
      const page = await searchRuns({ experiment_ids: [experimentId], max_results: MAX_COUNTED }, signal)
      const runs = page.runs ?? []
      return {
        last: runs[0]?.info,
        count: runs.length,
        more: Boolean(page.next_page_token),
        running: runs.filter(({ info }) => info.status === 'RUNNING').length,
      }
    },
  })
