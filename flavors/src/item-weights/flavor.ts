import type { Flavor } from '../flavor.js'
import { readItemWeights } from './artifact.js'
import { itemWeightsRecommender } from './recommender.js'
import { weightsScorer } from './scorer.js'

export const itemWeights: Flavor = {
  load: async (folder) => itemWeightsRecommender(await readItemWeights(folder)),
  async loadScorer(folder) {
    const { items, users, weights } = await readItemWeights(folder)
    const scorer = weightsScorer(weights, items.ids.length, users?.histories)
    return { scorer, ids: items.ids, contributions: (history) => scorer.contributions(history) }
  },
}
