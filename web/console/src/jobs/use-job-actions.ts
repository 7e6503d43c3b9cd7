import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type RunRequest, runNow, updateJob } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { isPaused, type Triggers, withPause } from './job-settings.js'

/** Starts a run of a job, and shows it. */
export function useStartRun(jobId: number) {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (request: RunRequest) => runNow(jobId, request),
    onSuccess: ({ run_id }) => navigate({ to: '/jobs/runs/$runId', params: { runId: String(run_id) } }),
  })
}

/** Pauses the trigger of a job, or resumes it. */
export function usePause(jobId: number, triggers: Triggers) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => updateJob(jobId, withPause(triggers, !isPaused(triggers))!),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: queryKeys.job(String(jobId)) })
      await queries.invalidateQueries({ queryKey: queryKeys.jobs() })
    },
  })
}
