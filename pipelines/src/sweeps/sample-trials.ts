import type { Sweep, SweptParameter } from '@cairn/platform/protocol/databricks/sweeps'
import { randomStream } from '@cairn/platform/statistics/random'

/** The values of the parameters of a trial by name. */
export type TrialValues = Readonly<Record<string, unknown>>

/** At most as many trials as a loop may have iterations. */
export const MAX_TRIALS = 5_000

/**
 * Chooses the values of all trials, in the order in which they start. A grid is in the order of the names, the last of which
 * changes fastest. Random values are independent, and the first ones do not depend on the number of trials.
 */
export const sampleTrials = (sweep: Sweep): TrialValues[] =>
  sweep.method === 'grid' ? gridTrials(sweep) : randomTrials(sweep)

/** The number of combinations of a grid. */
export const gridSize = ({ parameters }: Pick<Sweep, 'parameters'>): number =>
  Object.values(parameters).reduce((size, { values = [] }) => size * values.length, 1)

function gridTrials({ parameters, trials = MAX_TRIALS }: Sweep): TrialValues[] {
  const names = sortedNames(parameters)
  const count = Math.min(gridSize({ parameters }), trials)
  return Array.from({ length: count }, (_, index) => {
    let rest = index
    const chosen = names.toReversed().map((name): [string, unknown] => {
      const values = parameters[name]!.values!
      const value = values[rest % values.length]
      rest = Math.floor(rest / values.length)
      return [name, value]
    })
    return Object.fromEntries(chosen.reverse())
  })
}

function randomTrials({ parameters, trials = 1, seed = 0 }: Sweep): TrialValues[] {
  const names = sortedNames(parameters)
  const random = randomStream(seed)
  return Array.from({ length: trials }, () =>
    Object.fromEntries(names.map((name) => [name, sample(parameters[name]!, random())])),
  )
}

/** The order of names in JSON must not change the values. */
const sortedNames = (parameters: Sweep['parameters']) => Object.keys(parameters).sort()

/** @param uniform in [0, 1) */
function sample({ values, min = 0, max = 0, scale, type }: SweptParameter, uniform: number): unknown {
  if (values) return values[Math.floor(uniform * values.length)]
  // As in Optuna, each integer gets half a unit on both sides, so that the ends are as likely as the others.
  const half = type === 'int' ? 0.5 : 0
  const [low, high] = [min - half, max + half]
  const value =
    scale === 'log'
      ? Math.exp(Math.log(low) + uniform * (Math.log(high) - Math.log(low)))
      : low * (1 - uniform) + high * uniform
  return Math.min(max, Math.max(min, type === 'int' ? Math.round(value) : value))
}
