import { queryOptions, useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { getRun, type Run } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'

const POLL_MS = 1_000

/** Polls a running run every second while the event stream is disconnected. */
export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: queryKeys.run(runId),
    queryFn: ({ signal }) => getRun(runId, signal),
    refetchInterval: (query) => pollWhileOffline(query, (run) => (isRunning(run) ? POLL_MS : false)),
  })

export const useRun = (runId: string) => useQuery({ ...runQuery(runId), enabled: runId !== '' })

const isRunning = (run: Run | undefined) => run?.info.status === 'RUNNING'
