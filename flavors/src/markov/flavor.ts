import type { Flavor } from '../flavor.js'
import { readMarkov } from './artifact.js'
import { markovRecommender } from './recommender.js'
import { MarkovScorer } from './scorer.js'

export const markov: Flavor = {
  load: async (folder) => markovRecommender(await readMarkov(folder)),
  async loadScorer(folder) {
    const { items, transitions, lagWeights } = await readMarkov(folder)
    const scorer = new MarkovScorer(transitions, lagWeights)
    return { scorer, ids: items.ids, contributions: (history) => scorer.contributions(history) }
  },
}
