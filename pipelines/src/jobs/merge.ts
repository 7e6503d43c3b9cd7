import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'

/**
 * Databricks' partial update: top-level settings are replaced, but tasks merge by their key; removals come first and
 * may name one task as `tasks/key`.
 */
export function mergeSettings(
  settings: JobSettings,
  changes: JobSettings = {},
  remove: readonly string[] = [],
): JobSettings {
  const remaining: JobSettings = Object.fromEntries(
    Object.entries(settings).filter(([name]) => !remove.includes(name)),
  )
  const removedTasks = new Set(
    remove.filter((name) => name.startsWith('tasks/')).map((name) => name.slice('tasks/'.length)),
  )
  const changed = new Map((changes.tasks ?? []).map((task) => [task.task_key, task]))
  const before = (remaining.tasks ?? []).filter((task) => !removedTasks.has(task.task_key))
  const known = new Set(before.map((task) => task.task_key))
  const tasks = [
    ...before.map((task) => changed.get(task.task_key) ?? task),
    ...[...changed.values()].filter((task) => !known.has(task.task_key)),
  ]
  return { ...remaining, ...changes, tasks }
}
