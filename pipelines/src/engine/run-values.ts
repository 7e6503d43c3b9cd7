import type { TaskRunRow } from '../schema.js'
import type { ClaimedAttempt } from './attempts.js'
import { ancestors } from './graph.js'
import { INPUT, type Lookup, parseTaskValue } from './references.js'
import { taskOf, tasksOf } from './run-rows.js'
import type { TaskValues } from './task.js'

/** The values that upstream tasks of an attempt returned, by task key. */
export function upstreamValues({ run, task, taskRuns }: ClaimedAttempt): Record<string, TaskValues> {
  const upstream = ancestors(tasksOf(run), taskOf(run, task).task_key)
  const finished = taskRuns.filter(({ task_key, outputs }) => upstream.has(task_key) && outputs !== null)
  return Object.fromEntries(finished.map((row: TaskRunRow) => [row.task_key, JSON.parse(row.outputs!)]))
}

/** Creates the lookup for references `{{…}}` in the parameters of an attempt. */
export function createLookup(
  { run, task, attempt }: ClaimedAttempt,
  values: Record<string, TaskValues>,
): Lookup {
  const parameters = JSON.parse(run.parameters) as Record<string, string>
  const input = task.input ? (JSON.parse(task.input) as unknown) : undefined
  const facts: Record<string, unknown> = {
    'run.id': run.run_id,
    'job.run_id': run.run_id,
    'job.id': run.job_id ?? run.run_id,
    'job.name': run.run_name,
    'task.name': task.task_key,
    'task.run_id': task.task_run_id,
    'task.attempt': attempt,
  }
  return (reference) => {
    if (Object.hasOwn(facts, reference)) return facts[reference]
    if (INPUT.test(reference)) return memberOf(input, reference)
    const value = parseTaskValue(reference)
    if (value) return ownProperty(ownProperty(values, value.key) ?? {}, value.name)
    const [, parameter] = /^job\.parameters\.(.+)$/.exec(reference) ?? []
    return parameter === undefined ? undefined : ownProperty(parameters, parameter)
  }
}

/** `input` of an iteration, or a member of it such as `input.user.id`. */
function memberOf(input: unknown, reference: string): unknown {
  const [, ...path] = reference.split('.')
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null
        ? ownProperty(value as Record<string, unknown>, name)
        : undefined,
    input,
  )
}

/** Ignores inherited members, such as `constructor`. */
const ownProperty = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
