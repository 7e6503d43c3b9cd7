import type { Db } from '@cairn/platform/db/db'
import type { PipelinesSchema, TaskRunRow } from '../schema.js'
import { WORKER_PLACEMENTS } from '../worker-placements.js'

/** A free worker claims an attempt within this time. */
const USUAL_MS = 10_000
/** The limit of tasks whose reason is read. */
const LIMIT = 1_000

/** Adds the reason to queued tasks with code of jobs that no server or worker claims. */
export async function withWaitReasons(
  db: Db<PipelinesSchema>,
  now: number,
  tasks: readonly TaskRunRow[],
): Promise<TaskRunRow[]> {
  const queued = tasks.filter(({ state }) => state === 'QUEUED').map((task) => task.task_run_id)
  if (queued.length === 0) return [...tasks]
  const waiting = await db.read
    .selectFrom('task_attempts')
    .select(['task_run_id', 'labels'])
    .where('task_run_id', 'in', queued.slice(0, LIMIT))
    .where('state', '=', 'queued')
    .where('runs_on', 'in', WORKER_PLACEMENTS)
    .where('run_at', '<', now - USUAL_MS)
    .execute()
  const reasons = new Map(waiting.map((row) => [row.task_run_id, reasonOf(row.labels)]))
  return tasks.map((task) => ({ ...task, message: reasons.get(task.task_run_id) ?? task.message }))
}

const reasonOf = (labels: string) =>
  `Waits for a free worker that runs code of jobs${labels && ` and has the labels ${labels.replaceAll(',', ', ')}`}.`
