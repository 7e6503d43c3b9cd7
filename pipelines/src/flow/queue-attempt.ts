import type { RunCaching } from '@cairn/platform/protocol/run-overrides'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import type { JobRunRow } from '../schema.js'
import { placementOf } from './placement.js'
import type { CurrentTask, Tx } from './run-rows.js'

/**
 * Inserts an attempt. A queued one is its own outbox row; one that runs another job needs no worker. The cache is checked before
 * the first attempt only: the inputs of retries may have changed, so that their results are not cached.
 *
 * @returns the task's row
 */
export async function queueAttempt(
  tx: Tx,
  task: CurrentTask,
  settings: TaskSettings,
  attempt: number,
  now: number,
  delayMs = 0,
): Promise<CurrentTask> {
  const isDelegated = settings.run_job_task !== undefined
  const isChecked = attempt === 1 && settings.cache?.enabled
  const run_at = now + delayMs
  const timeoutMs = (settings.timeout_seconds ?? 0) * 1000
  await tx
    .insertInto('task_attempts')
    .values({
      task_run_id: task.task_run_id,
      attempt,
      state: isDelegated ? 'delegated' : isChecked ? 'checking' : 'queued',
      ...{ run_at, queued_at: now },
      ...placementOf(settings),
      ...(isDelegated && timeoutMs > 0 && { lease_until: run_at + timeoutMs }),
    })
    .execute()
  const queued = {
    state: delayMs > 0 ? 'WAITING_FOR_RETRY' : isDelegated ? 'RUNNING' : 'QUEUED',
    ...(isDelegated && delayMs === 0 && { started_at: task.started_at ?? now }),
    attempt,
  } as const
  await tx
    .updateTable('task_runs')
    .set({ ...queued, progress: null, ...(attempt > 1 && { cache_key: null }) })
    .where('task_run_id', '=', task.task_run_id)
    .execute()
  return { ...task, ...queued }
}

/** The settings of a task, without its cache if the run uses none. */
export function withoutCache(run: Pick<JobRunRow, 'caching'>, settings: TaskSettings): TaskSettings {
  const { no_cache } = JSON.parse(run.caching ?? '{}') as RunCaching
  const { cache: _unused, ...rest } = settings
  return no_cache ? rest : settings
}
