import type { Progress, TaskProgress } from '@cairn/platform/protocol/job-runs'
import { dependencies } from '../flow/graph.js'
import type { IterationStats } from '../flow/iteration-stats.js'
import { tasksOf } from '../flow/run-rows.js'
import { present } from '../present.js'
import type { JobRunRow, TaskRunRow } from '../schema.js'
import { renderOrigin } from './render.js'

/** The ids of the loops among the task runs of a run. */
export function loopsOf(run: JobRunRow, tasks: readonly TaskRunRow[]): number[] {
  const keys = new Set(tasksOf(run).flatMap((task) => (task.for_each_task ? [task.task_key] : [])))
  return tasks.filter((task) => keys.has(task.task_key)).map((task) => task.task_run_id)
}

export function renderProgress(
  run: JobRunRow,
  tasks: readonly TaskRunRow[],
  loops: ReadonlyMap<number, IterationStats>,
) {
  const settings = new Map(tasksOf(run).map((task) => [task.task_key, task]))
  return {
    run_id: run.run_id,
    state: run.state,
    ...present('result', run.result),
    ...present('message', run.message),
    ...present('started_at', run.started_at),
    ...present('ended_at', run.ended_at),
    tasks: tasks.map(
      (task): TaskProgress => ({
        task_key: task.task_key,
        task_run_id: task.task_run_id,
        state: task.state,
        ...present('result', task.result),
        ...present('message', task.message),
        attempt: task.attempt,
        depends_on: dependencies(settings.get(task.task_key)!),
        ...present('started_at', task.started_at),
        ...present('ended_at', task.ended_at),
        ...present('outcome', task.outcome),
        ...renderOrigin(task),
        ...present('progress', progressOf(task, loops.get(task.task_run_id))),
        ...present('values', task.outputs && JSON.parse(task.outputs)),
      }),
    ),
  }
}

function progressOf({ progress }: TaskRunRow, loop: IterationStats | undefined): Progress | null {
  if (!loop) return progress === null ? null : (JSON.parse(progress) as Progress)
  const { total, succeeded, pruned, failed } = loop
  const words = [failed > 0 && `${failed} failed`, pruned > 0 && `${pruned} pruned`].filter(Boolean)
  const message = words.length > 0 ? { message: words.join(', ') } : {}
  return { done: succeeded + pruned + failed, total, unit: 'iterations', ...message }
}
