import type { Flavor } from '../flavor.js'
import { readAls } from './read.js'
import { AlsRecommender } from './recommender.js'
import { AlsScorer } from './scorer.js'

export const als: Flavor = {
  load: async (folder) => new AlsRecommender(await readAls(folder)),
  async loadScorer(folder) {
    const model = await readAls(folder)
    const scorer = new AlsScorer(model)
    return { scorer, ids: model.items.ids, contributions: (history) => scorer.contributions(history) }
  },
}
