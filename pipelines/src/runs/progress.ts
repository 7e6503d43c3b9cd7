import type { TaskProgress } from '@cairn/platform/protocol/job-runs'
import { tasksOf } from '../engine/advance.js'
import { dependencies } from '../engine/graph.js'
import type { JobRunRow, TaskRunRow } from '../schema.js'

const present = <K extends string, T>(name: K, value: T | null | undefined) =>
  (value === null || value === undefined || value === '' ? {} : { [name]: value }) as {
    [P in K]?: NonNullable<T>
  }

export function renderProgress(run: JobRunRow, tasks: readonly TaskRunRow[]) {
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
        ...present('progress', task.progress && JSON.parse(task.progress)),
        ...present('values', task.outputs && JSON.parse(task.outputs)),
      }),
    ),
  }
}
