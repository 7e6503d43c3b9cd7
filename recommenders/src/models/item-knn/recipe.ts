import { itemWeightsFiles } from '@cairn/flavors/item-weights/artifact'
import type { SparseWeights } from '@cairn/flavors/item-weights/model'
import { weightsScorer } from '@cairn/flavors/item-weights/scorer'
import type { Recipe } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { artifactTables } from '../artifact-tables.js'
import { fitItemKnn } from './fit.js'
import { ItemKnnParameters } from './parameters.js'

export interface FittedItemKnn extends Scorer {
  readonly parameters: ItemKnnParameters
  readonly weights: SparseWeights
}

/** The recipe of ItemKNN: item-based nearest neighbours by cosine similarity. */
export const itemKnn: Recipe<typeof ItemKnnParameters, FittedItemKnn> = {
  kind: 'item-knn',
  title: 'ItemKNN',
  parameters: ItemKnnParameters,
  async fit({ train }, parameters, { signal, onStep } = {}) {
    const total = train.items.size
    const rows = await fitItemKnn(train, parameters, {
      signal,
      onItems: (done) => onStep?.({ done, total, unit: 'items' }),
    })
    const weights: SparseWeights = { form: 'sparse', rows }
    return { ...fromHistoryScorer(weightsScorer(weights, total)), parameters, weights }
  },
  files: ({ weights, parameters }, artifact) =>
    itemWeightsFiles({ ...artifactTables(artifact, parameters), weights }, artifact.metadata),
}
