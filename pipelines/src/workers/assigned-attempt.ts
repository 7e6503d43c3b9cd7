import type { AssignedAttempt } from '@cairn/platform/protocol/cairn/workers'
import type { Assignment } from '../engine/assignment.js'

/** An assignment on the wire, with the settings of its job that its kind reads. */
export function toWire(
  {
    taskRunId,
    taskKey,
    runId,
    jobId,
    runName,
    jobParameters,
    previous,
    job,
    secrets,
    environment,
    mlflowRunId,
    ...same
  }: Assignment,
  next_line: number,
): AssignedAttempt {
  const { files, tags, environments } = job
  return {
    ...same,
    ...{ task_run_id: taskRunId, task_key: taskKey, run_id: runId, job_id: jobId, run_name: runName },
    job: { ...(files && { files }), ...(tags && { tags }), ...(environments && { environments }) },
    parameters: { ...jobParameters },
    environment: { ...environment },
    secrets: [...secrets],
    ...(mlflowRunId !== undefined && { mlflow_run_id: mlflowRunId }),
    ...(previous && { previous: { task_run_id: previous.taskRunId, attempt: previous.attempt } }),
    next_line,
  }
}

export function fromWire({
  task_run_id,
  task_key,
  run_id,
  job_id,
  run_name,
  parameters,
  previous,
  settings,
  mlflow_run_id,
  next_line: _,
  ...same
}: AssignedAttempt): Assignment {
  return {
    ...same,
    ...{ taskRunId: task_run_id, taskKey: task_key, runId: run_id, jobId: job_id, runName: run_name },
    settings: settings as Assignment['settings'],
    jobParameters: parameters,
    ...(mlflow_run_id !== undefined && { mlflowRunId: mlflow_run_id }),
    ...(previous && { previous: { taskRunId: previous.task_run_id, attempt: previous.attempt } }),
  }
}
