import { explainByContribution } from '../recommender/explanation.js'
import { indexTables } from '../recommender/history-folder.js'
import { HistoryRecommender } from '../recommender/history-recommender.js'
import type { ItemWeightsModel } from './model.js'
import { weightsScorer } from './scorer.js'

export function itemWeightsRecommender(model: ItemWeightsModel): HistoryRecommender {
  const scorer = weightsScorer(model.weights, model.items.ids.length, model.users?.histories)
  return new HistoryRecommender({
    scorer,
    explain: explainByContribution(scorer.contributions.bind(scorer)),
    ...indexTables(model),
  })
}
