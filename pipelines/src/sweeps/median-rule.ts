import type { EarlyStop, Sweep } from '@cairn/platform/protocol/sweeps'

/** The values of the metric of a trial by step, in the order of steps. */
export type History = readonly { readonly step: number; readonly value: number }[]

type Goal = Sweep['objective']['goal']

/**
 * Whether a running trial is to be stopped: at each of its last `patience` steps, its value is worse than the median of the
 * trials that succeeded. NaN is worse than any value.
 *
 * @returns the latest step and the median there; undefined for a trial that goes on
 */
export function findPruning(
  trial: History,
  succeeded: readonly History[],
  goal: Goal,
  { min_trials = 5, min_step = 0, patience = 1 }: EarlyStop,
): { step: number; value: number; median: number } | undefined {
  const last = trial.slice(-patience)
  if (last.length < patience || last[0]!.step < min_step) return undefined
  let found: { step: number; value: number; median: number } | undefined
  for (const { step, value } of last) {
    const others = succeeded.flatMap((history) => valueAt(history, step) ?? [])
    if (others.length < min_trials) return undefined
    const middle = median(others)
    if (!isWorse(value, middle, goal)) return undefined
    found = { step, value, median: middle }
  }
  return found
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
