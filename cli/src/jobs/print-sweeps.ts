import type { Client } from '@cairn/platform/protocol/client'
import {
  GetJobRun,
  GetRunOutput,
  type JobRun,
  type RunTask,
} from '@cairn/platform/protocol/databricks/job-runs'
import type { Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import type { Command } from 'commander'
import { allPages } from '../client/all-pages.js'
import { formatDuration } from '../client/format.js'
import { type Columns, printRows } from '../client/output.js'
import { printNotice } from '../client/terminal-text.js'

/** Prints the trials of the sweeps of a run, the best first, and names the best. */
export async function printSweeps(call: Client, command: Command, { tasks = [] }: JobRun): Promise<void> {
  for (const { for_each_task, task_key, run_id } of tasks) {
    const { sweep } = for_each_task ?? {}
    if (!sweep) continue
    const trials = await readTrials(call, run_id)
    if (trials.length === 0) continue
    printRows(command, ranked(trials, sweep), columnsOf(sweep))
    const { best } = (await call(GetRunOutput, { run_id })).sweep ?? {}
    const found = best && `trial ${best.iteration + 1}, run ${best.mlflow_run_id}`
    printNotice(`Best of ${task_key}: ${found ?? `no trial has ${sweep.objective.metric}`}.`)
  }
}

const readTrials = (call: Client, run_id: number): Promise<RunTask[]> =>
  allPages(async (page_token) => {
    const page = await call(GetJobRun, { run_id, ...(page_token && { page_token }) })
    return { items: page.iterations ?? [], next: page.next_page_token }
  })

/** Trials that succeeded with the metric first, from the best. */
function ranked(trials: readonly RunTask[], { objective: { goal } }: Sweep): RunTask[] {
  const rank = ({ state, objective }: RunTask) => {
    if (state.result_state !== 'SUCCESS' || objective === undefined) return Number.POSITIVE_INFINITY
    return goal === 'maximize' ? -objective : objective
  }
  return trials.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))
}

function columnsOf({ parameters, objective: { metric } }: Sweep): Columns<RunTask> {
  const values = Object.keys(parameters)
    .sort()
    .map((name) => [name, ({ input }: RunTask) => String((input as Record<string, unknown>)[name])] as const)
  return {
    trial: ({ iteration }) => iteration! + 1,
    ...Object.fromEntries(values),
    [metric]: ({ objective }) => objective,
    result: ({ state, pruned }) => (pruned ? 'PRUNED' : (state.result_state ?? state.life_cycle_state)),
    took: ({ run_duration }) => (run_duration ? formatDuration(run_duration / 1000) : ''),
  }
}
