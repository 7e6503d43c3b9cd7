import type { SparseRows } from '@cairn/flavors/arrow/sparse-rows'
import { markovFiles } from '@cairn/flavors/markov/artifact'
import { MarkovScorer } from '@cairn/flavors/markov/scorer'
import { invalid } from '@cairn/platform/errors'
import { type Recipe, resolveParameters } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { artifactTables } from '../artifact-tables.js'
import { markovMembers } from './members.js'
import { MarkovParameters } from './parameters.js'
import { countTransitions } from './transitions.js'

export interface FittedMarkov extends Scorer {
  readonly parameters: MarkovParameters
  /** Shared by scorers with other lag weights. */
  readonly transitions: SparseRows
}

/** Transition counts within a few events: the baseline for models that use the order of events. */
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
    const scorer = fromHistoryScorer(new MarkovScorer(transitions, parameters.lag_weights))
    return { ...scorer, parameters, transitions }
  },
  files: ({ transitions, parameters }, artifact) =>
    markovFiles(
      { ...artifactTables(artifact, parameters), transitions, lagWeights: parameters.lag_weights },
      artifact.metadata,
    ),
  async fitMembers(data, overrides, options) {
    if (overrides.lag_weights)
      throw invalid("Markov parameter 'lag_weights' cannot be set for members: each has its own")
    const parameters = resolveParameters(markov, overrides)
    const { transitions } = await markov.fit(data, parameters, options)
    return markovMembers(transitions, parameters)
  },
}
