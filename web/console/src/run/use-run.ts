import { queryOptions, useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { getRun, type Run } from '../api/runs.js'
import { askUnheard } from '../app/queries.js'

const LIVE_MS = 1_000

/** A run; as it changes, or asked for each second while it is running and changes are not heard. */
export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: queryKeys.run(runId),
    queryFn: ({ signal }) => getRun(runId, signal),
    refetchInterval: (query) => askUnheard(query, (run) => (isLive(run) ? LIVE_MS : false)),
  })

export const useRun = (runId: string) => useQuery({ ...runQuery(runId), enabled: runId !== '' })

const isLive = (run: Run | undefined) => run?.info.status === 'RUNNING'
