import type { LoadMember } from '../flavor.js'
import { HistoryRecommender } from '../recommender/history-recommender.js'
import { readTwoStage } from './artifact.js'
import { explainByShapley } from './explain-by-shapley.js'
import { FirstStage } from './first-stage.js'
import { TwoStageScorer } from './scorer.js'

/** Loads a two-stage ranker and its members. @throws INVALID_PARAMETER_VALUE when the folder has no valid one */
export async function loadTwoStage(folder: string, loadMember: LoadMember): Promise<HistoryRecommender> {
  const { table, users, booster, members, ...parts } = await readTwoStage(folder, loadMember)
  try {
    const stage = new FirstStage({ ...parts, members, popularity: table.items.popularity })
    const scorer = new TwoStageScorer(stage, booster)
    return new HistoryRecommender({
      scorer,
      table,
      explain: explainByShapley(scorer, members),
      ...(users && { users }),
    })
  } catch (error) {
    for (const { scorer } of members) await scorer.close?.()
    throw error
  }
}
