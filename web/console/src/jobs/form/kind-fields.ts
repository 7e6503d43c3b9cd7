import type { TaskSettings } from '../../api/jobs.js'
import type { Kind } from '../task-kind.js'

/**
 * How a field is edited: one line, code, a text per line, named texts, a number, JSON, the id of a job, the parameters of a
 * sweep, or one of a few values.
 */
export type Editor = 'text' | 'code' | 'lines' | 'map' | 'number' | 'json' | 'job' | 'swept' | Choice
/** The comparison of a condition, the method and the goal of a sweep. */
export type Choice = 'operator' | 'method' | 'goal'

interface KindField {
  /** Below the field of the kind, with dots. */
  readonly path: FieldPath
  readonly editor: Editor
  readonly isRequired?: true
}

type FieldPath = { [K in Kind]: keyof NonNullable<TaskSettings[K]> }[Kind] | 'query.query_text' | 'file.path'

/** The settings of each kind that have an effect here. */
export const KIND_FIELDS: Readonly<Record<Kind, readonly KindField[]>> = {
  spark_python_task: [
    { path: 'python_file', editor: 'text', isRequired: true },
    { path: 'parameters', editor: 'lines' },
  ],
  python_wheel_task: [
    { path: 'package_name', editor: 'text', isRequired: true },
    { path: 'entry_point', editor: 'text', isRequired: true },
    { path: 'parameters', editor: 'lines' },
    { path: 'named_parameters', editor: 'map' },
  ],
  notebook_task: [
    { path: 'notebook_path', editor: 'text', isRequired: true },
    { path: 'base_parameters', editor: 'map' },
  ],
  node_task: [
    { path: 'entry', editor: 'text' },
    { path: 'file', editor: 'text' },
    { path: 'parameters', editor: 'json' },
  ],
  shell_task: [
    { path: 'script', editor: 'code' },
    { path: 'file', editor: 'text' },
    { path: 'parameters', editor: 'lines' },
  ],
  sql_task: [
    { path: 'query.query_text', editor: 'code' },
    { path: 'file.path', editor: 'text' },
    { path: 'parameters', editor: 'map' },
  ],
  condition_task: [
    { path: 'left', editor: 'text', isRequired: true },
    { path: 'op', editor: 'operator', isRequired: true },
    { path: 'right', editor: 'text', isRequired: true },
  ],
  run_job_task: [
    { path: 'job_id', editor: 'job', isRequired: true },
    { path: 'job_parameters', editor: 'map' },
  ],
  for_each_task: [
    { path: 'inputs', editor: 'code', isRequired: true },
    { path: 'concurrency', editor: 'number' },
  ],
}

/** The initial settings of a task of a kind. */
export function startOfKind(kind: Kind): Pick<TaskSettings, Kind> {
  const starts: { readonly [K in Kind]: NonNullable<TaskSettings[K]> } = {
    spark_python_task: { python_file: '' },
    python_wheel_task: { package_name: '', entry_point: '' },
    notebook_task: { notebook_path: '' },
    node_task: { entry: '' },
    shell_task: { script: '' },
    sql_task: { query: { query_text: '' } },
    condition_task: { op: 'EQUAL_TO', left: '', right: '' },
    run_job_task: { job_id: 0 },
    for_each_task: { inputs: '[]', task: { task_key: 'iteration', shell_task: { script: '' } } },
  }
  return { [kind]: starts[kind] }
}
