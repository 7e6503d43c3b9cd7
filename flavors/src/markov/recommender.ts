import { explainByContribution } from '../recommender/explanation.js'
import { indexTables } from '../recommender/history-folder.js'
import { HistoryRecommender } from '../recommender/history-recommender.js'
import type { MarkovModel } from './model.js'
import { MarkovScorer } from './scorer.js'

export function markovRecommender(model: MarkovModel): HistoryRecommender {
  const scorer = new MarkovScorer(model.transitions, model.lagWeights)
  const explain = explainByContribution((history) => scorer.contributions(history))
  return new HistoryRecommender({ scorer, explain, ...indexTables(model) })
}
