import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getLogs, LOG_PAGE, type TaskLogs } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'

const POLL_MS = 1_000

/** The log of a task. Each poll fetches only new lines; a long log is fetched page after page. */
export function useTaskLog(runId: string, task: string, iteration: number | undefined) {
  const queries = useQueryClient()
  const queryKey = queryKeys.taskLog(runId, task, iteration)
  const request = { run_id: Number(runId), task_key: task, ...(iteration !== undefined && { iteration }) }
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<TaskLogs & { readonly isPartial: boolean }> => {
      const before = queries.getQueryData<TaskLogs>(queryKey)
      const more = await getLogs(request, before?.next_offset ?? 0, signal)
      const lines = more.lines.length > 0 ? [...(before?.lines ?? []), ...more.lines] : (before?.lines ?? [])
      return { ...more, lines, isPartial: more.lines.length === LOG_PAGE }
    },
    refetchInterval: (query) =>
      pollInterval(query, (data) => (data?.isPartial ? 1 : data?.ended ? false : POLL_MS)),
    structuralSharing: false,
  })
}
