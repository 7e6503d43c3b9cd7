import type { TaskRunRow } from '../schema.js'
import { tasksOf } from './advance.js'
import type { Claimed } from './attempts.js'
import { ancestors } from './graph.js'
import { type Lookup, taskValueOf } from './references.js'
import type { TaskValues } from './task.js'

/** What the tasks before a claimed one returned, by task key. */
export function upstreamValues({ run, task, others }: Claimed): Record<string, TaskValues> {
  const upstream = ancestors(tasksOf(run), task.task_key)
  const known = others.filter((other) => upstream.has(other.task_key) && other.outputs !== null)
  return Object.fromEntries(known.map((other: TaskRunRow) => [other.task_key, JSON.parse(other.outputs!)]))
}

/** What `{{…}}` in the parameters of a claimed task stands for. */
export function lookupFor({ run, task, attempt }: Claimed, values: Record<string, TaskValues>): Lookup {
  const parameters = JSON.parse(run.parameters) as Record<string, string>
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
    const value = taskValueOf(reference)
    if (value) return own(own(values, value.key) ?? {}, value.name)
    const [, parameter] = /^job\.parameters\.(.+)$/.exec(reference) ?? []
    return parameter === undefined ? undefined : own(parameters, parameter)
  }
}

/** A name such as `constructor` is a name like any other. */
const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
