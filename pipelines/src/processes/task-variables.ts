import { dirname } from 'node:path'
import { childEnvironment } from '@cairn/platform/processes/environment'
import { jobTags, TASK_RUN_TAG } from '../run-tags.js'
import type { AttemptContext } from '../task-kinds/task.js'
import type { WorkFolder } from './work-folder.js'

/** The environment variables of a task's process: the URL of the server and a token, and none of the server's variables. */
export function taskVariables(
  context: AttemptContext,
  { home, lib }: WorkFolder,
  { interpreter, experimentId }: { readonly interpreter?: string; readonly experimentId?: string },
): Record<string, string> {
  const { server, environment, jobId, runId, taskRunId, taskKey, attempt, mlflowRunId } = context
  const base = childEnvironment(home)
  const tags = {
    ...jobTags(jobId, runId),
    [TASK_RUN_TAG]: String(taskRunId),
  }
  return {
    ...base,
    ...(interpreter?.startsWith('/') && { PATH: `${dirname(interpreter)}:${base.PATH}` }),
    USER: 'task',
    LOGNAME: 'task',
    PYTHONPATH: lib,
    PYTHONUNBUFFERED: '1',
    ...environment,
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_REGISTRY_URI: server.url,
    MLFLOW_TRACKING_TOKEN: server.token,
    ...(experimentId !== undefined && { MLFLOW_EXPERIMENT_ID: experimentId }),
    // The run of a trial: MLflow's client resumes it in place of a new one.
    ...(mlflowRunId !== undefined && { MLFLOW_RUN_ID: mlflowRunId }),
    // Tags of every run that MLflow's client starts.
    MLFLOW_RUN_CONTEXT: JSON.stringify(tags),
    DATABRICKS_HOST: server.url,
    DATABRICKS_TOKEN: server.token,
    DATABRICKS_AUTH_TYPE: 'pat',
    DATABRICKS_CONFIG_FILE: '/dev/null',
    CAIRN_JOB_ID: String(jobId),
    CAIRN_RUN_ID: String(runId),
    CAIRN_TASK_RUN_ID: String(taskRunId),
    CAIRN_TASK_KEY: taskKey,
    CAIRN_TASK_ATTEMPT: String(attempt),
    CAIRN_JOB_PARAMETERS: JSON.stringify(context.jobParameters),
    CAIRN_NOTEBOOK_RESULT: `${home}/notebook-result`,
  }
}
