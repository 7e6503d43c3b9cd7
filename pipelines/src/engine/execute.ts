import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { ServiceContext } from '@cairn/platform/service-context'
import { writeNotebookTo } from '../notebooks/executed-notebook.js'
import type { PipelinesSchema } from '../schema.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import { assign } from './assignment.js'
import { resultOfError } from './attempt-result.js'
import type { AttemptResult, Attempts, ClaimedAttempt } from './attempts.js'
import { ProgressWriter, writeProgressTo } from './progress-writer.js'
import { runAssignment } from './run-assignment.js'
import { TaskLog } from './task-log.js'
import type { TaskSecrets } from './task-secrets.js'

export interface ExecutionOptions {
  readonly context: ServiceContext
  readonly db: Db<PipelinesSchema>
  readonly attempts: Attempts
  readonly registry: TaskRegistry
  readonly secrets: TaskSecrets
  /** The base URL of the server, for clients with their own transport. */
  readonly serverUrl: () => string
  readonly log: Log
}

/** Executes a claimed attempt and returns its result, without recording it. Failures of the task are results. */
export async function execute(
  claimed: ClaimedAttempt,
  execution: ExecutionOptions,
  stop: AbortController,
): Promise<AttemptResult> {
  const { context, db, registry, serverUrl } = execution
  const key = { task_run_id: claimed.task.task_run_id, attempt: claimed.attempt }
  const log = await TaskLog.open(db, key, execution.log)
  const progress = new ProgressWriter(key, writeProgressTo(db, key), execution.log)
  const assigned = await assign(claimed, execution).catch((error) => resultOfError(error, stop.signal, log))
  if ('outcome' in assigned) {
    await log.flush()
    return assigned
  }
  const host = {
    ...{ registry, log, progress, writeNotebook: writeNotebookTo(db, key) },
    ...{ client: context.client, services: context, serverUrl: serverUrl() },
  }
  try {
    return await runAssignment(assigned.assignment, host, stop)
  } finally {
    await assigned.revoke()
  }
}
