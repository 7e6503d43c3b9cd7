import type { Environment } from './host.js'

/** The context that a server passes to the processes of its tasks, in variables that MLflow's clients read. */
export interface TaskContext {
  readonly experimentId?: string
  /** The run of a trial of a sweep. */
  readonly runId?: string
  /** Tags of each run, such as the ids of job and task. */
  readonly tags: Readonly<Record<string, string>>
}

export function readTaskContext(env: Environment): TaskContext {
  const { MLFLOW_EXPERIMENT_ID: experimentId, MLFLOW_RUN_ID: runId } = env
  return {
    ...(experimentId && { experimentId }),
    ...(runId && { runId }),
    tags: readTags(env.MLFLOW_RUN_CONTEXT),
  }
}

/** Returns no tags for text that is not a JSON object, as MLflow's clients do. */
function readTags(text = '{}'): Record<string, string> {
  try {
    const tags: unknown = JSON.parse(text)
    if (typeof tags !== 'object' || tags === null) return {}
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]))
  } catch {
    return {}
  }
}
