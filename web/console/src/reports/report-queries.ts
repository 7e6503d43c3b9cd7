import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { getExperiment, getExperimentByName } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { getReport } from '../api/reports.js'
import { searchRuns } from '../api/runs.js'
import { projectionOf } from '../cards/run-values.js'
import { toProjection } from '../runs/column-keys.js'
import { groupingId } from '../runs/grouping.js'
import { FIRST_PAGE, type LoadedPage, type PageStart, type Pages } from '../runs/run-pages.js'
import type { Block } from './block.js'

export const reportQuery = (id: string, version?: number) =>
  queryOptions({
    queryKey: queryKeys.report(id, version),
    queryFn: ({ signal }) => getReport(id, version, signal),
  })

/** The experiment that a block names by its id or its name. */
export const namedExperimentQuery = (nameOrId: string) =>
  queryOptions({
    queryKey: queryKeys.namedExperiment(nameOrId),
    queryFn: ({ signal }) =>
      /^\d+$/.test(nameOrId) ? getExperiment(nameOrId, signal) : getExperimentByName(nameOrId, signal),
    staleTime: 60_000,
    retry: false,
  })

/** The runs of a block with its columns and groups only: a page under a key of the runs table, so that changed runs are patched into it. */
export function blockRunsQuery(experimentId: string, { filter, order, groupBy, runs, columns }: Block) {
  const read = [...columns, ...groupBy.map(groupingId)]
  const keys = projectionOf(read)
  const orderBy = order.length > 0 ? order.join(', ') : undefined
  return infiniteQueryOptions<LoadedPage, Error, Pages, readonly unknown[], PageStart>({
    queryKey: [...queryKeys.runs(experimentId, false, filter, orderBy), 'report', runs, read.join('\n')],
    queryFn: async ({ signal }) => {
      const search = {
        ...{ experiment_ids: [experimentId], max_results: runs, projection: toProjection(keys) },
        ...(filter && { filter }),
        ...(order.length > 0 && { order_by: [...order] }),
      }
      return { ...(await searchRuns(search, signal)), keys }
    },
    initialPageParam: FIRST_PAGE,
    getNextPageParam: () => undefined,
    retry: false,
  })
}
