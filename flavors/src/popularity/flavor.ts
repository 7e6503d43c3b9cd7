import type { Flavor } from '../flavor.js'
import { readPopularity } from './artifact.js'
import { PopularityRecommender } from './recommender.js'

export const popularity: Flavor = {
  load: async (folder) => new PopularityRecommender(await readPopularity(folder)),
}
