import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import { invalid } from '@cairn/platform/errors'
import type { ForEachStats, JobRun } from '@cairn/platform/protocol/databricks/job-runs'
import { type IterationStats, statsOfLoops } from '../flow/iteration-stats.js'
import type { PipelinesSchema, TaskRunRow } from '../schema.js'

const PAGE = 100
const MESSAGES = 3
const MESSAGE_LENGTH = 1_000

/** Adds statistics of iterations to the loops of a rendered run. */
export async function withLoopStats(db: Db<PipelinesSchema>, run: JobRun): Promise<JobRun> {
  const loops = (run.tasks ?? []).filter(({ for_each_task }) => for_each_task)
  if (loops.length === 0) return run
  const counts = await statsOfLoops(
    db.read,
    loops.map((loop) => loop.run_id),
  )
  const stats = new Map<number, ForEachStats>()
  for (const { run_id } of loops) {
    const count = counts.get(run_id)
    if (!count) continue
    const messages = count.failed > 0 ? { error_message_stats: await failures(db, run_id) } : {}
    stats.set(run_id, { task_run_stats: renderStats(count), ...messages })
  }
  const tasks = run.tasks!.map((task) => {
    const found = task.for_each_task && stats.get(task.run_id)
    return found ? { ...task, for_each_task: { ...task.for_each_task!, stats: found } } : task
  })
  return { ...run, tasks }
}

const renderStats = ({ total, active, succeeded, pruned, failed }: IterationStats) => ({
  total_iterations: total,
  scheduled_iterations: active + succeeded + pruned + failed,
  active_iterations: active,
  completed_iterations: succeeded + pruned + failed,
  succeeded_iterations: succeeded,
  failed_iterations: failed,
  ...(pruned > 0 && { pruned_iterations: pruned }),
})

/** The most frequent messages of iterations that did not succeed. */
async function failures(db: Db<PipelinesSchema>, loopId: number) {
  const rows = await db.read
    .selectFrom('task_runs')
    .select((eb) => ['message', 'result', eb.fn.countAll<number>().as('count')])
    .where('parent_id', '=', loopId)
    .where('state', '=', 'TERMINATED')
    .where('result', 'not in', ['SUCCESS', 'PRUNED'])
    .groupBy(['message', 'result'])
    .orderBy('count', 'desc')
    .orderBy('message')
    .limit(MESSAGES)
    .execute()
  return rows.map(({ message, result, count }) => ({
    count,
    error_message: message.slice(0, MESSAGE_LENGTH),
    termination_category: result!,
  }))
}

/** Adds to waiting tasks the reason why they wait. */
export type AddWaitReasons = (tasks: readonly TaskRunRow[]) => Promise<TaskRunRow[]>

/** A page of the iterations of a loop, by number. */
export async function readIterations(
  db: Db<PipelinesSchema>,
  loop: TaskRunRow,
  pageToken: string | undefined,
): Promise<{ readonly rows: readonly TaskRunRow[]; readonly next_page_token: string | undefined }> {
  const after = decodePageToken(pageToken, (value) =>
    Number.isSafeInteger(value) ? Number(value) : undefined,
  )
  const rows = await db.read
    .selectFrom('task_runs')
    .selectAll()
    .where('parent_id', '=', loop.task_run_id)
    .$if(after !== undefined, (query) => query.where('iteration', '>', after!))
    .orderBy('iteration')
    .limit(PAGE + 1)
    .execute()
  const { page, last } = pageOf(rows, PAGE)
  return { rows: page, next_page_token: last && encodePageToken(last.iteration!) }
}

/** @throws INVALID_PARAMETER_VALUE naming the number, for an iteration that the loop does not have */
export async function findIteration(
  db: Db<PipelinesSchema>,
  loop: TaskRunRow,
  iteration: number,
): Promise<TaskRunRow> {
  const row = await db.read
    .selectFrom('task_runs')
    .selectAll()
    .where('parent_id', '=', loop.task_run_id)
    .where('iteration', '=', iteration)
    .executeTakeFirst()
  if (!row) throw invalid(`iteration: '${loop.task_key}' has no iteration ${iteration}.`)
  return row
}
