import { type Job, type JobSettings, UNENFORCED_JOB_SETTINGS } from '@cairn/platform/protocol/databricks/jobs'
import {
  kindsOf,
  type TaskSettings,
  UNENFORCED_TASK_SETTINGS,
} from '@cairn/platform/protocol/databricks/task-settings'
import type { TaskRegistry } from '../task-kinds/registry.js'

const PYTHON_SETTINGS = ['environment_key', 'libraries'] as const

/** The paths of settings without effect, for example `tasks.train.new_cluster`; nothing if all have one. */
export function notEnforced(settings: JobSettings, registry: TaskRegistry): Pick<Job, 'not_enforced'> {
  const names = (Object.keys(UNENFORCED_JOB_SETTINGS) as (keyof JobSettings)[]).filter(
    (name) => settings[name] !== undefined,
  )
  const ofTasks = (settings.tasks ?? []).flatMap((task) => {
    const path = `tasks.${task.task_key}`
    const inLoop = task.for_each_task ? ofTask(task.for_each_task.task, registry) : []
    return [
      ...ofTask(task, registry).map((name) => `${path}.${name}`),
      ...inLoop.map((name) => `${path}.for_each_task.task.${name}`),
    ]
  })
  const all = [...names, ...ofTasks]
  return all.length > 0 ? { not_enforced: all } : {}
}

function ofTask(task: TaskSettings, registry: TaskRegistry): string[] {
  const unenforced = Object.keys(UNENFORCED_TASK_SETTINGS) as (keyof typeof UNENFORCED_TASK_SETTINGS)[]
  const hasPython = kindsOf(task).some((kind) => registry.find(kind)?.usesPython)
  return [...unenforced, ...(hasPython ? [] : PYTHON_SETTINGS)].filter((name) => task[name] !== undefined)
}
