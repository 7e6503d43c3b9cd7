import type { SparseRows } from '@cairn/flavors/arrow/sparse-rows'
import { markovFiles } from '@cairn/flavors/markov/artifact'
import { MarkovScorer } from '@cairn/flavors/markov/scorer'
import { invalid } from '@cairn/platform/errors'
import { type Scorer, scorerOf } from '../../scoring/scorer.js'
import { tablesOf } from '../artifact-tables.js'
import { parametersOf, type Recipe } from '../recipe.js'
import { markovMembers } from './members.js'
import { MarkovParameters } from './parameters.js'
import { countTransitions } from './transitions.js'

export interface FittedMarkov extends Scorer {
  readonly parameters: MarkovParameters
  /** For scorers of other lags over the same counts. */
  readonly transitions: SparseRows
}

/** Counts of what followed what within a few events: the baseline of all that goes by the order of events. */
export const markov: Recipe<typeof MarkovParameters, FittedMarkov> = {
  kind: 'markov',
  title: 'Markov-3',
  parameters: MarkovParameters,
  async fit({ train }, parameters, { signal, onStep } = {}) {
    const total = train.items.size
    const transitions = await countTransitions(train, {
      ...parameters,
      signal,
      onItems: (done) => onStep?.({ done, total, unit: 'items' }),
    })
    const scorer = scorerOf(new MarkovScorer(transitions, parameters.lag_weights))
    return { ...scorer, parameters, transitions }
  },
  files: ({ transitions, parameters }, artifact) =>
    markovFiles(
      { ...tablesOf(artifact, parameters), transitions, lagWeights: parameters.lag_weights },
      artifact.metadata,
    ),
  async fitMembers(data, overrides, options) {
    if (overrides.lag_weights) throw invalid("Markov parameter 'lag_weights' is set for each member")
    const parameters = parametersOf(markov, overrides)
    const { transitions } = await markov.fit(data, parameters, options)
    return markovMembers(transitions, parameters)
  },
}
