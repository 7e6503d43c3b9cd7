import type { Progress, TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { dependencies } from '../flow/graph.js'
import type { IterationStats } from '../flow/iteration-stats.js'
import { tasksOf } from '../flow/run-rows.js'
import { renderOrigin } from '../flow/task-origin.js'
import { ifPresent } from '../if-present.js'
import type { JobRunRow, TaskRunRow } from '../schema.js'

/** The ids of the loops among the task runs of a run. */
export function loopsOf(run: JobRunRow, tasks: readonly TaskRunRow[]): number[] {
  const keys = new Set(tasksOf(run).flatMap((task) => (task.for_each_task ? [task.task_key] : [])))
  return tasks.filter((task) => keys.has(task.task_key)).map((task) => task.task_run_id)
}

/** Renders the states of a run and its tasks for pages that poll. */
export function renderProgress(
  run: JobRunRow,
  tasks: readonly TaskRunRow[],
  loops: ReadonlyMap<number, IterationStats>,
) {
  const settings = new Map(tasksOf(run).map((task) => [task.task_key, task]))
  return {
    run_id: run.run_id,
    state: run.state,
    ...ifPresent('result', run.result),
    ...ifPresent('message', run.message),
    ...ifPresent('started_at', run.started_at),
    ...ifPresent('ended_at', run.ended_at),
    tasks: tasks.map(
      (task): TaskProgress => ({
        task_key: task.task_key,
        task_run_id: task.task_run_id,
        state: task.state,
        ...ifPresent('result', task.result),
        ...ifPresent('message', task.message),
        attempt: task.attempt,
        depends_on: dependencies(settings.get(task.task_key)!),
        ...ifPresent('started_at', task.started_at),
        ...ifPresent('ended_at', task.ended_at),
        ...ifPresent('outcome', task.outcome),
        ...renderOrigin(task),
        ...ifPresent('progress', progressOf(task, loops.get(task.task_run_id))),
        ...ifPresent('values', task.outputs && JSON.parse(task.outputs)),
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
