import type { TaskSettings } from '../api/jobs.js'
import type { IconName } from '../ui/icon.js'

/** The kinds that this server runs, in the order of the form. */
export const KINDS = [
  'spark_python_task',
  'python_wheel_task',
  'notebook_task',
  'node_task',
  'shell_task',
  'sql_task',
  'condition_task',
  'for_each_task',
  'run_job_task',
] as const
export type Kind = (typeof KINDS)[number]

/** Undefined for a task of a kind that this page does not know. */
export const kindOf = (task: Partial<Record<Kind, unknown>>): Kind | undefined =>
  KINDS.find((kind) => task[kind] !== undefined)

export const KIND_ICON: Readonly<Record<Kind, IconName>> = {
  spark_python_task: 'file',
  python_wheel_task: 'file',
  notebook_task: 'file',
  node_task: 'api',
  shell_task: 'api',
  sql_task: 'table',
  condition_task: 'branch',
  for_each_task: 'loop',
  run_job_task: 'jobs',
}

/** Settings of a task, or a task of a run. */
export type ShownTask = Omit<TaskSettings, 'run_if'>

/** The line under the name of a task: the file, the query or the condition. */
export function subjectOf(task: ShownTask): string {
  const { condition_task: condition, for_each_task: loop, node_task: node } = task
  if (condition) return `${condition.left} ${COMPARISON[condition.op]} ${condition.right}`
  if (loop) return subjectOf(loop.task as TaskSettings)
  if (node) return node.entry ?? node.file ?? ''
  return (
    task.spark_python_task?.python_file ??
    task.notebook_task?.notebook_path ??
    task.python_wheel_task?.package_name ??
    task.shell_task?.file ??
    firstLine(task.shell_task?.script ?? task.sql_task?.query?.query_text ?? task.sql_task?.file?.path ?? '')
  )
}

const firstLine = (text: string) => text.trim().split('\n')[0] ?? ''

const COMPARISON: Readonly<Record<string, string>> = {
  EQUAL_TO: '=',
  NOT_EQUAL: '≠',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '≥',
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '≤',
}
