import type { RunTask, TaskSettings } from '../api/jobs.js'

export type Sweep = NonNullable<NonNullable<TaskSettings['for_each_task']>['sweep']>
type Goal = Sweep['objective']['goal']

/** The names of the parameters that a sweep varies, sorted. */
export const parametersOf = (sweep: Sweep): readonly string[] => Object.keys(sweep.parameters).sort()

/** The value of a parameter of a trial as text; numbers with six digits. */
export function parameterValue({ input }: RunTask, name: string): string {
  const value = (input as Readonly<Record<string, unknown>> | undefined)?.[name]
  if (value === undefined) return ''
  return typeof value === 'number' ? String(Number(value.toPrecision(DIGITS))) : String(value)
}

const DIGITS = 6

export const isRanked = ({ state, objective }: RunTask) =>
  objective !== undefined && state.result_state === 'SUCCESS'

const isBetter = (a: number, b: number, goal: Goal) => (goal === 'maximize' ? a > b : a < b)

/** Succeeded trials with the metric from the best to the worst, then the others by number. */
export function bestFirst(trials: readonly RunTask[], goal: Goal): RunTask[] {
  const ranked = trials.filter(isRanked)
  const others = trials.filter((trial) => !isRanked(trial))
  const sign = goal === 'maximize' ? -1 : 1
  return [...ranked.toSorted((a, b) => sign * (a.objective! - b.objective!)), ...others]
}

export interface TrialPoint {
  readonly trial: RunTask
  /** From 1. */
  readonly number: number
  readonly value: number
  /** The best value of the succeeded trials up to this one; undefined before the first. */
  readonly best: number | undefined
}

/** The trials with a value of the metric, by number. Pruned and failed trials cannot be the best. */
export function pointsOf(trials: readonly RunTask[], goal: Goal): readonly TrialPoint[] {
  let best: number | undefined
  return trials.flatMap((trial) => {
    const { objective: value, iteration = 0 } = trial
    if (value === undefined) return []
    if (isRanked(trial) && (best === undefined || isBetter(value, best, goal))) best = value
    return [{ trial, number: iteration + 1, value, best }]
  })
}
