import type { Db } from '@cairn/platform/db/db'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'
import type { TaskValues } from '../task-kinds/task.js'
import { variablesOf } from './environment-variables.js'
import { ancestors } from './graph.js'
import { INPUT_REFERENCE, type Lookup, parseTaskValue, referencedTasks } from './references.js'
import {
  type CurrentTask,
  getRun,
  getTaskRun,
  jobOf,
  settingsOf,
  type Tx,
  taskOf,
  tasksOf,
} from './run-rows.js'

/** The stored values of a task, as JSON. */
export type TaskOutputs = Pick<TaskRunRow, 'task_key' | 'outputs'>

/** The values of the upstream tasks to which the settings of a task and its environment variables refer. */
export function readReferenced(tx: Tx, run: JobRunRow, task: CurrentTask): Promise<TaskOutputs[]> {
  const upstream = ancestors(tasksOf(run), taskOf(run, task).task_key)
  const settings = settingsOf(run, task)
  const variables = variablesOf(jobOf(run), settings)
  const referenced = referencedTasks([settings, variables]).filter((key) => upstream.has(key))
  return readOutputs(tx, run, referenced)
}

/** The values of all upstream tasks, which code may read. */
export const readUpstream = (tx: Tx, run: JobRunRow, task: CurrentTask): Promise<TaskOutputs[]> =>
  readOutputs(tx, run, [...ancestors(tasksOf(run), taskOf(run, task).task_key)])

/** The values of all tasks upstream of a task run, by their keys. */
export async function upstreamValues(
  { read }: Db<PipelinesSchema>,
  taskRunId: number,
): Promise<Record<string, TaskValues>> {
  const task = await getTaskRun(read, taskRunId)
  const run = await getRun(read, task.run_id)
  return valuesByTask(await readUpstream(read, run, task))
}

/** The values of the tasks of a run that have some. */
export async function readOutputs(tx: Tx, run: JobRunRow, keys: readonly string[]): Promise<TaskOutputs[]> {
  return keys.length === 0 ? [] : outputsOf(tx, run, keys).select(['task_key', 'outputs']).execute()
}

/** Like `readOutputs`, but without the tasks behind the first that exceeds `maxBytes` in all. */
export async function readFirstOutputs(
  tx: Tx,
  run: JobRunRow,
  keys: readonly string[],
  maxBytes: number,
): Promise<TaskOutputs[]> {
  if (keys.length === 0) return []
  const sizes = await outputsOf(tx, run, keys)
    .select((eb) => ['task_key', eb.fn<number>('octet_length', ['outputs']).as('bytes')])
    .execute()
  const bytesOf = new Map(sizes.map(({ task_key, bytes }) => [task_key, Number(bytes)]))
  let bytes = 0
  const first = keys.filter((key) => {
    bytes += bytesOf.get(key) ?? 0
    return bytes <= maxBytes
  })
  return readOutputs(tx, run, first)
}

const outputsOf = (tx: Tx, { run_id }: JobRunRow, keys: readonly string[]) =>
  tx
    .selectFrom('task_runs')
    .where('run_id', '=', run_id)
    .where('parent_id', 'is', null)
    .where('replaced_by', 'is', null)
    .where('outputs', 'is not', null)
    .where('task_key', 'in', keys)

/** Parses values by task key. */
export const valuesByTask = (outputs: readonly TaskOutputs[]): Record<string, TaskValues> =>
  Object.fromEntries(outputs.map((row) => [row.task_key, JSON.parse(row.outputs!) as TaskValues]))

interface LookupContext {
  readonly run: JobRunRow
  readonly attempt: number
  readonly task: Pick<TaskRunRow, 'task_key' | 'task_run_id' | 'input'>
}

/** Creates the lookup for references `{{…}}` in the parameters of an attempt. */
export function createLookup(
  { run, task, attempt }: LookupContext,
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
    if (INPUT_REFERENCE.test(reference)) return memberOf(input, reference)
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
