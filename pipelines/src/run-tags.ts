/** Tags of the runs that jobs make in the tracking server. */
export const TASK_RUN_TAG = 'cairn.task_run_id'
export const JOB_RUN_TAG = 'cairn.job_run_id'

export const jobTags = (jobId: number, runId: number) => ({
  'cairn.job_id': String(jobId),
  [JOB_RUN_TAG]: String(runId),
})
