import type { EarlyStop, Sweep } from '@cairn/platform/protocol/databricks/sweeps'

/** The values of the metric of a trial by step, in the order of steps. */
export type History = readonly { readonly step: number; readonly value: number }[]

type Goal = Sweep['objective']['goal']

/**
 * Finds where a running trial is to be stopped: at each of its last `patience` steps, its value is worse than the median of the
 * trials that succeeded. NaN is worse than any value.
 *
 * @returns the latest step and the median there; undefined for a trial that continues
 */
export function findPruning(
  trial: History,
  medians: Medians,
  goal: Goal,
  { min_trials = 5, min_step = 0, patience = 1 }: EarlyStop,
): { step: number; value: number; median: number } | undefined {
  const last = trial.slice(-patience)
  if (last.length < patience || last[0]!.step < min_step) return undefined
  let found: { step: number; value: number; median: number } | undefined
  for (const { step, value } of last) {
    const { count, median: middle } = medians.at(step)
    if (count < min_trials) return undefined
    if (!isWorse(value, middle, goal)) return undefined
    found = { step, value, median: middle }
  }
  return found
}

interface StepMedian {
  readonly count: number
  /** NaN without trials. */
  readonly median: number
}

/** The medians of the trials that succeeded, each computed once. */
export class Medians {
  readonly #succeeded: readonly History[]
  readonly #known = new Map<number, StepMedian>()

  constructor(succeeded: readonly History[]) {
    this.#succeeded = succeeded
  }

  at(step: number): StepMedian {
    const known = this.#known.get(step)
    if (known) return known
    const values = this.#succeeded.flatMap((history) => valueAt(history, step) ?? [])
    const found = { count: values.length, median: values.length > 0 ? median(values) : Number.NaN }
    this.#known.set(step, found)
    return found
  }
}

/** The value at the last step up to `step`; undefined for a trial that did not reach it. */
function valueAt(history: History, step: number): number | undefined {
  if (history.length === 0 || history.at(-1)!.step < step) return undefined
  const { value } = history.findLast((point) => point.step <= step) ?? {}
  return value === undefined || Number.isNaN(value) ? undefined : value
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : sorted[middle - 1]! / 2 + sorted[middle]! / 2
}

export function isWorse(value: number, than: number, goal: Goal): boolean {
  if (Number.isNaN(value)) return true
  return goal === 'maximize' ? value < than : value > than
}
