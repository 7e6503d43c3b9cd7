import type { GridRun, GridTask } from '../api/jobs.js'
import { durationOf } from './run-marks.js'

export interface JobGridModel {
  /** Oldest first. */
  readonly runs: readonly GridRun[]
  readonly rows: readonly { readonly key: string; readonly cells: readonly (GridTask | undefined)[] }[]
  /** Milliseconds of the longest run. */
  readonly longest: number
}

/**
 * @param runs newest first
 * @param keys of the tasks of the job now; tasks that only earlier runs had come after them
 */
export function gridOf(runs: readonly GridRun[], keys: readonly string[]): JobGridModel {
  const ordered = runs.toReversed()
  const byRun = ordered.map((run) => new Map(run.tasks.map((task) => [task.task_key, task])))
  const all = new Set([...keys, ...runs.flatMap((run) => run.tasks.map((task) => task.task_key))])
  return {
    runs: ordered,
    rows: [...all].map((key) => ({ key, cells: byRun.map((tasks) => tasks.get(key)) })),
    longest: Math.max(0, ...ordered.map(durationOf)),
  }
}

/** The states of tasks that ran, in the order of their first appearance, and the ways in which others took over results. */
export function legendOf(runs: readonly GridRun[]) {
  const tasks = runs.flatMap((run) => run.tasks)
  return {
    states: [...new Set(tasks.filter((task) => !task.origin).map(({ state, result }) => result ?? state))],
    origins: [...new Set(tasks.flatMap(({ origin }) => (origin ? [origin.kind] : [])))],
  }
}
