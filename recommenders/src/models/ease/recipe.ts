import { itemWeightsFiles } from '@cairn/flavors/item-weights/artifact'
import type { ItemWeights } from '@cairn/flavors/item-weights/model'
import { weightsScorer } from '@cairn/flavors/item-weights/scorer'
import { type Scorer, scorerOf } from '../../scoring/scorer.js'
import { historiesOf, tablesOf } from '../artifact-tables.js'
import type { Recipe } from '../recipe.js'
import { fitEase } from './fit.js'
import { EaseParameters } from './parameters.js'

export interface FittedWeights<Parameters = EaseParameters> extends Scorer {
  readonly parameters: Parameters
  readonly weights: ItemWeights
}

/** Each item's weight for each other item, by ridge regression: the best of the models without an order of events. */
export const ease: Recipe<typeof EaseParameters, FittedWeights> = {
  kind: 'ease',
  title: 'EASE',
  parameters: EaseParameters,
  async fit({ train }, parameters, { threads, signal, onStep } = {}) {
    const weights = await fitEase(train, parameters, {
      threads,
      signal,
      onStep: (done, total) => onStep?.({ done, total, unit: 'blocks' }),
    })
    const scorer = weightsScorer(weights, train.items.size, historiesOf(train))
    return { ...scorerOf(scorer), parameters, weights }
  },
  files: ({ weights, parameters }, artifact) =>
    itemWeightsFiles({ ...tablesOf(artifact, parameters), weights }, artifact.metadata),
}
