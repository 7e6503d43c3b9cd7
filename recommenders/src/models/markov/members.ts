import type { SparseRows } from '@cairn/flavors/arrow/sparse-rows'
import { markovFiles } from '@cairn/flavors/markov/artifact'
import { MarkovScorer } from '@cairn/flavors/markov/scorer'
import { artifactTables } from '../artifact-tables.js'
import type { FittedMember } from '../member.js'
import type { MarkovParameters } from './parameters.js'

/** Weights of the latest events, the last first, by member: three set by hand as in Markov-3, five equal, twenty decaying. */
const LAG_WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  markov_3: [1, 0.7, 0.5],
  markov_5: [1, 1, 1, 1, 1],
  markov_20: Array.from({ length: 20 }, (_, lag) => 0.8 ** lag),
}

/** Returns the members that `markov` adds to two-stage and hybrid models: the same counts with different lag weights. */
export const markovMembers = (transitions: SparseRows, parameters: MarkovParameters): FittedMember[] =>
  Object.entries(LAG_WEIGHTS).map(([name, lagWeights]) => ({
    name,
    kind: 'markov',
    scorer: new MarkovScorer(transitions, lagWeights),
    files(artifact) {
      const { users: _, ...tables } = artifactTables(artifact, { ...parameters, lag_weights: lagWeights })
      return markovFiles({ ...tables, transitions, lagWeights }, artifact.metadata)
    },
  }))
