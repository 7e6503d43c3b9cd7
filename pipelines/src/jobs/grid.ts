import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import type { GridTask } from '@cairn/platform/protocol/cairn/job-summaries'
import { renderOrigin } from '../flow/task-origin.js'
import { ifPresent } from '../if-present.js'
import { parsePagePosition } from '../page-position.js'
import type { PipelinesSchema, TaskRunRow } from '../schema.js'
import { triggerTypeOf } from '../triggers/trigger.js'
import { renderRunMark } from './summaries.js'

/** The limit of tasks in a page, which bounds the delay of other requests. */
const MAX_CELLS = 10_000

const COLUMNS = [
  ...(['run_id', 'task_key', 'attempt', 'outcome', 'state', 'result', 'started_at', 'ended_at'] as const),
  ...(['origin', 'origin_run_id', 'origin_task_run_id'] as const),
] as const
type Cell = Pick<TaskRunRow, (typeof COLUMNS)[number]>

interface GridQuery {
  readonly jobId: number
  /** The number of tasks of the job. */
  readonly tasks: number
  readonly limit: number
  readonly pageToken?: string | undefined
}

/** Runs of a job with the state of each task, newest first. */
export async function readGrid(db: Db<PipelinesSchema>, { jobId, tasks, limit, pageToken }: GridQuery) {
  const after = decodePageToken(pageToken, parsePagePosition)
  const most = Math.max(1, Math.min(limit, Math.floor(MAX_CELLS / Math.max(1, tasks))))
  const rows = await db.read
    .selectFrom('job_runs')
    .select(['run_id', 'job_id', 'number_in_job', 'start_time', 'state', 'result', 'started_at', 'ended_at'])
    .select(['parent_task_run_id', 'trigger_type'])
    .where('job_id', '=', jobId)
    .$if(after !== undefined, (q) =>
      q.where((eb) => eb(eb.refTuple('start_time', 'run_id'), '<', eb.tuple(after![0], after![1]))),
    )
    .orderBy('start_time', 'desc')
    .orderBy('run_id', 'desc')
    .limit(most + 1)
    .execute()
  const { page, last } = pageOf(rows, await readPageSize(db, rows.slice(0, most)))
  const cells = await readCells(
    db,
    page.map(({ run_id }) => run_id),
  )
  const runs = page.map((run) => ({
    ...renderRunMark(run),
    trigger: triggerTypeOf(run),
    tasks: (cells.get(run.run_id) ?? []).map(renderCell),
  }))
  return { runs, next: last && encodePageToken([last.start_time, last.run_id]) }
}

/** Counts the runs that fit into a page by the tasks that each has: earlier settings of the job may have had more. */
async function readPageSize(
  db: Db<PipelinesSchema>,
  runs: readonly { readonly run_id: number }[],
): Promise<number> {
  if (runs.length === 0) return 1
  const counts = await db.read
    .selectFrom('task_runs')
    .select((eb) => ['run_id', eb.fn.countAll<number>().as('tasks')])
    .where(
      'run_id',
      'in',
      runs.map(({ run_id }) => run_id),
    )
    .where('parent_id', 'is', null)
    .where('replaced_by', 'is', null)
    .groupBy('run_id')
    .execute()
  const tasks = new Map(counts.map((row) => [row.run_id, Number(row.tasks)]))
  return pageSizeFor(runs.map(({ run_id }) => tasks.get(run_id) ?? 0))
}

/** The number of runs that fit into a page, at least one. @param tasks the number of tasks of each run */
export function pageSizeFor(tasks: readonly number[]): number {
  let cells = 0
  const first = tasks.findIndex((count) => {
    cells += count
    return cells > MAX_CELLS
  })
  return first === -1 ? tasks.length : Math.max(1, first)
}

/** The current task runs by run, without iterations. */
async function readCells(db: Db<PipelinesSchema>, runIds: readonly number[]): Promise<Map<number, Cell[]>> {
  const rows =
    runIds.length === 0
      ? []
      : await db.read
          .selectFrom('task_runs')
          .select(COLUMNS)
          .where('run_id', 'in', runIds)
          .where('parent_id', 'is', null)
          .where('replaced_by', 'is', null)
          .orderBy('position')
          .limit(MAX_CELLS)
          .execute()
  return groupBy(rows, ({ run_id }) => run_id)
}

const renderCell = (row: Cell): GridTask => ({
  task_key: row.task_key,
  attempt: row.attempt,
  state: row.state,
  ...ifPresent('outcome', row.outcome),
  ...renderOrigin(row),
  ...ifPresent('result', row.result),
  ...ifPresent('started_at', row.started_at),
  ...ifPresent('ended_at', row.ended_at),
})
