import { HistoryRecommender } from '../history-recommender.js'
import { readTwoStage } from './artifact.js'
import { explainBy } from './explain.js'
import { FirstStage } from './first-stage.js'
import { TwoStageScorer } from './scorer.js'

/** A two-stage ranker of a folder, ready to answer. @throws INVALID_PARAMETER_VALUE for a folder that holds none */
export async function loadTwoStage(folder: string): Promise<HistoryRecommender> {
  const { table, users, booster, members, ...parts } = await readTwoStage(folder)
  try {
    const stage = new FirstStage({ ...parts, members, popularity: table.items.popularity })
    const scorer = new TwoStageScorer(stage, booster)
    return new HistoryRecommender({
      scorer,
      table,
      explain: explainBy(scorer, members),
      ...(users && { users }),
    })
  } catch (error) {
    for (const { scorer } of members) await scorer.close?.()
    throw error
  }
}
