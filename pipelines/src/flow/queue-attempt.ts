import type { RunCaching } from '@cairn/platform/protocol/databricks/run-overrides'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { JobRunRow } from '../schema.js'
import { placementOf } from './placement.js'
import type { CurrentTask, Tx } from './run-rows.js'

interface NewAttempt {
  readonly task: CurrentTask
  readonly settings: TaskSettings
  /** From 1 in each task run. Default: 1. */
  readonly attempt?: number
  readonly delayMs?: number
}

/**
 * Inserts an attempt. A queued one is its own outbox row; one that runs another job needs no worker.
 *
 * @returns the task's row
 */
export async function queueAttempt(
  tx: Tx,
  { task, settings, attempt = 1, delayMs = 0 }: NewAttempt,
  now: number,
): Promise<CurrentTask> {
  const isDelegated = settings.run_job_task !== undefined
  const run_at = now + delayMs
  const timeoutMs = (settings.timeout_seconds ?? 0) * 1000
  await tx
    .insertInto('task_attempts')
    .values({
      task_run_id: task.task_run_id,
      attempt,
      state: isDelegated ? 'delegated' : undelegatedState(settings, attempt),
      ...{ run_at, queued_at: now },
      ...placementOf(settings),
      ...(isDelegated && timeoutMs > 0 && { lease_until: run_at + timeoutMs }),
    })
    .execute()
  const queued = { ...stateOf(task, { isDelegated, isDelayed: delayMs > 0 }, now), attempt }
  await tx
    .updateTable('task_runs')
    .set({ ...queued, progress: null, ...(attempt > 1 && { cache_key: null }) })
    .where('task_run_id', '=', task.task_run_id)
    .execute()
  return { ...task, ...queued }
}

/** The cache is checked before the first attempt only: the inputs of retries may have changed, so their results are not cached. */
const undelegatedState = ({ cache }: TaskSettings, attempt: number) =>
  attempt === 1 && cache?.enabled ? 'checking' : 'queued'

function stateOf(
  task: CurrentTask,
  { isDelegated, isDelayed }: { isDelegated: boolean; isDelayed: boolean },
  now: number,
): Partial<Pick<CurrentTask, 'state' | 'started_at'>> {
  if (isDelayed) return { state: 'WAITING_FOR_RETRY' }
  return isDelegated ? { state: 'RUNNING', started_at: task.started_at ?? now } : { state: 'QUEUED' }
}

/** The settings of a task, without its cache if the run uses none. */
export function withoutCache(run: Pick<JobRunRow, 'caching'>, settings: TaskSettings): TaskSettings {
  const { no_cache } = JSON.parse(run.caching ?? '{}') as RunCaching
  const { cache: _unused, ...rest } = settings
  return no_cache ? rest : settings
}
