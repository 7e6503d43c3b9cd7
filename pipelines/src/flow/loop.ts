import { invalid } from '@cairn/platform/errors'
import type { Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { isNestedDeeper, MAX_NESTING } from '@cairn/platform/protocol/nested'
import type { JobRunRow, TaskRunRow } from '../schema.js'
import { sampleTrials } from '../sweeps/sample-trials.js'
import type { TaskValues } from '../task-kinds/task.js'
import { endUnstarted } from './end-unstarted.js'
import { type IterationStats, iterationStats } from './iteration-stats.js'
import { newTaskRun } from './new-task-run.js'
import { queueAttempt, withoutCache } from './queue-attempt.js'
import { type Lookup, resolveReferences } from './references.js'
import { type CurrentTask, settingsOf, type Tx } from './run-rows.js'

/** Databricks' limit. */
const MAX_ITERATIONS = 5_000
const MAX_INPUT_BYTES = 10_000
const INSERT_ROWS = 500

/**
 * The inputs of a loop, each as JSON. `inputs` is a list in JSON whose strings may contain references, or a reference to a list
 * or to a list in JSON.
 *
 * @throws INVALID_PARAMETER_VALUE for anything else, and for inputs that are too many, too large or nested too deep
 */
export function loopInputs(inputs: string, lookup: Lookup): string[] {
  const written = parseList(inputs)
  const resolved = resolveReferences(written ?? inputs, lookup, { keepsTypes: true })
  const list = typeof resolved === 'string' ? parseList(resolved) : resolved
  if (!Array.isArray(list))
    throw invalid('for_each_task: inputs is not a list; pass a list in JSON, or a reference to one.')
  if (list.length > MAX_ITERATIONS)
    throw invalid(`for_each_task: inputs has ${list.length} items; the limit is ${MAX_ITERATIONS}.`)
  requireShallow(list)
  return list.map(inputText)
}

/** The inputs of a sweep, each as JSON. @throws INVALID_PARAMETER_VALUE for inputs that are too large */
export function sweepInputs(sweep: Sweep, lookup: Lookup): string[] {
  const resolved = resolveReferences(sweep, lookup, { keepsTypes: true }) as Sweep
  return sampleTrials(resolved).map(inputText)
}

function inputText(value: unknown, iteration: number): string {
  const text = JSON.stringify(value)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_INPUT_BYTES)
    throw invalid(
      `for_each_task: input ${iteration} has ${bytes} bytes; the limit is ${MAX_INPUT_BYTES}. Store the data and pass their location.`,
    )
  return text
}

/** Deeper values overflow the stack. */
function requireShallow(list: readonly unknown[]) {
  if (isNestedDeeper(list))
    throw invalid(`for_each_task: inputs is nested more than ${MAX_NESTING} levels deep.`)
}

function parseList(text: string): unknown[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(value)) return undefined
  requireShallow(value)
  return value
}

/**
 * Inserts an iteration for each input. A loop that repairs a failed one takes over the iterations that succeeded for the same
 * input, with their logs and values.
 */
export async function openLoop(
  tx: Tx,
  run: JobRunRow,
  loop: CurrentTask,
  inputs: readonly string[],
  now: number,
) {
  const { sweep } = settingsOf(run, loop).for_each_task!
  await insertIterations(tx, run, loop, inputs)
  const tracking = sweep
    ? ({ mlflow_state: 'open', mlflow_run_id: await earlierMlflowRun(tx, loop) } as const)
    : {}
  const opened = { state: 'RUNNING', attempt: 1, started_at: now, ...tracking } as const
  await tx.updateTable('task_runs').set(opened).where('task_run_id', '=', loop.task_run_id).execute()
  return advanceLoop(tx, run, { ...loop, ...opened }, now)
}

async function insertIterations(tx: Tx, run: JobRunRow, loop: CurrentTask, inputs: readonly string[]) {
  const { task, sweep } = settingsOf(run, loop).for_each_task!
  const parent_id = loop.task_run_id
  const mlflow_state = sweep ? 'open' : null
  const earlier = await earlierIterations(tx, loop)
  const kept: number[] = []
  const created: TaskRunRow[] = []
  for (const [iteration, input] of inputs.entries()) {
    const before = earlier.get(iteration)
    if (before?.result === 'SUCCESS' && before.input === input) kept.push(before.task_run_id)
    else {
      const row = newTaskRun(run.run_id, task.task_key, iteration, before?.task_run_id ?? null)
      created.push({ ...row, parent_id, iteration, input, mlflow_state })
    }
  }
  for (let i = 0; i < created.length; i += INSERT_ROWS)
    await tx
      .insertInto('task_runs')
      .values(created.slice(i, i + INSERT_ROWS))
      .execute()
  for (let i = 0; i < kept.length; i += INSERT_ROWS)
    await tx
      .updateTable('task_runs')
      .set({ parent_id })
      .where('task_run_id', 'in', kept.slice(i, i + INSERT_ROWS))
      .execute()
}

/** The iterations of the failed loop that this one repairs, by number, without their values. */
async function earlierIterations(tx: Tx, { previous_id }: CurrentTask) {
  if (previous_id === null) return new Map<number, EarlierIteration>()
  const rows = await tx
    .selectFrom('task_runs as iteration')
    .innerJoin('task_runs as loop', 'loop.task_run_id', 'iteration.parent_id')
    .select(['iteration.task_run_id', 'iteration.iteration', 'iteration.input', 'iteration.result'])
    .where('iteration.parent_id', '=', previous_id)
    .where('loop.result', '!=', 'SUCCESS')
    .execute()
  return new Map(rows.map((row) => [row.iteration!, row]))
}

/** A repaired sweep continues in the same MLflow run. */
async function earlierMlflowRun(tx: Tx, { previous_id }: CurrentTask): Promise<string | null> {
  if (previous_id === null) return null
  const row = await tx
    .selectFrom('task_runs')
    .select('mlflow_run_id')
    .where('task_run_id', '=', previous_id)
    .where('result', '!=', 'SUCCESS')
    .executeTakeFirst()
  return row?.mlflow_run_id ?? null
}

type EarlierIteration = Pick<TaskRunRow, 'task_run_id' | 'iteration' | 'input' | 'result'>

/**
 * Queues the next iterations up to the concurrency of the loop, and ends the loop after its last. Trials of a sweep start
 * once they have an MLflow run, and `Sweeps` ends the sweep. Needs the run's lock.
 *
 * @returns the loop's row
 */
export async function advanceLoop(
  tx: Tx,
  run: JobRunRow,
  loop: CurrentTask,
  now: number,
): Promise<CurrentTask> {
  const settings = settingsOf(run, loop)
  const stopping = run.stopping ?? (loop.stopping ? 'CANCELED' : null)
  if (stopping) await endWaiting(tx, loop, stopping, now)
  const stats = await iterationStats(tx, loop.task_run_id)
  const { total, active, succeeded, pruned, failed } = stats
  const waiting = total - active - succeeded - pruned - failed
  if (waiting > 0) {
    await startIterations(tx, run, loop, Math.min(waiting, concurrencyOf(settings) - active), now)
    return loop
  }
  if (active > 0 || (settings.for_each_task!.sweep && !stopping)) return loop
  const end = loop.stopping ? { result: loop.stopping, message: loop.message } : {}
  return endLoop(tx, loop, { ...loopResult(stats), ...(run.stopping ? { result: run.stopping } : end) }, now)
}

/** The result and values of a loop by the counts of its ended iterations. */
export function loopResult({ total, succeeded, pruned, failed }: IterationStats) {
  return {
    result: failed > 0 ? 'FAILED' : 'SUCCESS',
    message: failed > 0 ? `${failed} of ${total} iterations did not succeed.` : '',
    values: { iterations: total, succeeded, failed, ...(pruned > 0 && { pruned }) },
  } as const
}

interface LoopEnd extends Pick<TaskRunRow, 'result' | 'message'>, Partial<Pick<TaskRunRow, 'kind_output'>> {
  readonly values: TaskValues
}

/** Records the end of a loop. @returns the loop's row */
export async function endLoop(tx: Tx, loop: CurrentTask, { values, ...end }: LoopEnd, now: number) {
  const { kind_output = null, ...result } = end
  const ended = { ...result, state: 'TERMINATED', ended_at: now } as const
  await tx
    .updateTable('task_runs')
    .set({ ...ended, outputs: JSON.stringify(values), kind_output })
    .where('task_run_id', '=', loop.task_run_id)
    .execute()
  return { ...loop, ...ended }
}

const concurrencyOf = (loop: TaskSettings) => loop.for_each_task!.concurrency ?? 1

async function startIterations(tx: Tx, run: JobRunRow, loop: CurrentTask, count: number, now: number) {
  if (count <= 0) return
  const { task, sweep } = settingsOf(run, loop).for_each_task!
  const next = await tx
    .selectFrom('task_runs')
    .selectAll()
    .where('parent_id', '=', loop.task_run_id)
    .where('state', '=', 'BLOCKED')
    .$if(sweep !== undefined, (query) => query.where('mlflow_run_id', 'is not', null))
    .orderBy('iteration')
    .limit(count)
    .execute()
  const settings = withoutCache(run, task)
  for (const iteration of next) await queueAttempt(tx, { task: iteration, settings }, now)
}

/** Ends iterations that have not started. Running attempts end by themselves. */
async function endWaiting(
  tx: Tx,
  { task_run_id }: CurrentTask,
  result: 'CANCELED' | 'TIMEDOUT',
  now: number,
) {
  const waiting = tx
    .selectFrom('task_runs')
    .select('task_run_id')
    .where('parent_id', '=', task_run_id)
    .where('state', 'in', ['BLOCKED', 'QUEUED', 'WAITING_FOR_RETRY'])
  await endUnstarted(tx, now).where('task_run_id', 'in', waiting).execute()
  await tx
    .updateTable('task_runs')
    .set({ state: 'TERMINATED', result, ended_at: now })
    .where('task_run_id', 'in', waiting)
    .execute()
}
