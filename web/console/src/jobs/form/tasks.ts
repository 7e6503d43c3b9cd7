import type { JobSettings, TaskSettings } from '../../api/jobs.js'
import { KINDS, type Kind } from '../task-kind.js'
import { startOfKind } from './kind-fields.js'

/** A task that runs after the last one. */
export function newTask(tasks: readonly TaskSettings[]): TaskSettings {
  const last = tasks.at(-1)
  const keys = new Set(tasks.map(({ task_key }) => task_key))
  let number = tasks.length + 1
  while (keys.has(`task_${number}`)) number++
  return {
    task_key: `task_${number}`,
    ...(last && { depends_on: [{ task_key: last.task_key }] }),
    ...startOfKind('spark_python_task'),
  }
}

/** The others, without dependencies on it. */
export function withoutTask(tasks: readonly TaskSettings[], index: number): TaskSettings[] {
  const key = tasks[index]!.task_key
  return tasks
    .filter((_, at) => at !== index)
    .map((task) => mapDependencies(task, (one) => (one === key ? undefined : one)))
}

/** The tasks after one got another key: dependencies follow. */
export function renameTask(tasks: readonly TaskSettings[], index: number, key: string): TaskSettings[] {
  const before = tasks[index]!.task_key
  return tasks.map((task, at) =>
    at === index ? { ...task, task_key: key } : mapDependencies(task, (one) => (one === before ? key : one)),
  )
}

function mapDependencies(task: TaskSettings, change: (key: string) => string | undefined): TaskSettings {
  const { depends_on, ...rest } = task
  if (!depends_on) return task
  const next = depends_on.flatMap((one) => {
    const task_key = change(one.task_key)
    return task_key === undefined ? [] : [{ ...one, task_key }]
  })
  return next.length > 0 ? { ...rest, depends_on: next } : rest
}

/** The task with another kind; common settings are kept. */
export function withKind(task: TaskSettings, kind: Kind): TaskSettings {
  const common = Object.fromEntries(
    Object.entries(task).filter(([name]) => !(KINDS as readonly string[]).includes(name)),
  )
  return { ...common, task_key: task.task_key, ...startOfKind(kind) }
}

export const NEW_JOB: JobSettings = {
  name: '',
  tasks: [{ task_key: 'main', spark_python_task: { python_file: 'main.py' } }],
  files: { 'main.py': "print('Hello from a job')\n" },
}
