import { itemWeightsFiles } from '@cairn/flavors/item-weights/artifact'
import type { ItemWeights } from '@cairn/flavors/item-weights/model'
import { weightsScorer } from '@cairn/flavors/item-weights/scorer'
import { allHistories } from '../../data/item-lists.js'
import type { Recipe } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { artifactTables } from '../artifact-tables.js'
import { fitEase } from './fit.js'
import { EaseParameters } from './parameters.js'

export interface FittedWeights<Parameters = EaseParameters> extends Scorer {
  readonly parameters: Parameters
  readonly weights: ItemWeights
}

/** Item-to-item weights by ridge regression: the most accurate of the models that ignore the order of events. */
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
    const scorer = weightsScorer(weights, train.items.size, allHistories(train))
    return { ...fromHistoryScorer(scorer), parameters, weights }
  },
  files: ({ weights, parameters }, artifact) =>
    itemWeightsFiles({ ...artifactTables(artifact, parameters), weights }, artifact.metadata),
}
