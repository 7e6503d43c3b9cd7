import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { searchExperiments } from '../api/experiments.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { previousDataOf } from '../api/previous-data.js'
import { queryKeys } from '../api/query-keys.js'
import { countRuns, searchRuns } from '../api/runs.js'
import { experimentFilter } from './experiment-filter.js'

export const useExperiments = (search: string, deleted: boolean) =>
  useInfiniteQuery({
    queryKey: queryKeys.experiments(deleted, search),
    queryFn: ({ pageParam, signal }) =>
      searchExperiments(
        {
          ...(search && { filter: experimentFilter(search) }),
          ...(deleted && { view_type: 'DELETED_ONLY' }),
          ...(pageParam && { page_token: pageParam }),
        },
        signal,
      ),
    ...PAGE_TOKENS,
    placeholderData: previousDataOf(queryKeys.experiments(deleted)),
  })

const LATEST = 50
const NO_VALUES = { metrics: [], params: [], tags: [] }

/** The latest run, the number of runs, and of running ones among the latest. Loaded when the row comes into view. */
export const useActivity = (experimentId: string, inView: boolean) =>
  useQuery({
    enabled: inView,
    queryKey: queryKeys.activity(experimentId),
    queryFn: async ({ signal }) => {
      const experiment_ids = [experimentId]
      const search = { experiment_ids, max_results: LATEST, projection: NO_VALUES }
      const { runs = [], next_page_token } = await searchRuns(search, signal)
      return {
        last: runs[0]?.info,
        count: next_page_token ? await countRuns({ experiment_ids }, signal) : runs.length,
        running: runs.filter(({ info }) => info.status === 'RUNNING').length,
      }
    },
  })
