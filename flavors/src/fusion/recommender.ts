import { byLeaveOneOut } from '../explanation.js'
import { indexTables } from '../history-folder.js'
import { HistoryRecommender } from '../history-recommender.js'
import { readFusion } from './artifact.js'
import { FusionScorer } from './scorer.js'

/** A fusion of a folder, ready to answer. @throws INVALID_PARAMETER_VALUE for a folder that holds none */
export async function loadFusion(folder: string): Promise<HistoryRecommender> {
  const { method, members, ...tables } = await readFusion(folder)
  const scorer = new FusionScorer(method, members)
  return new HistoryRecommender({ scorer, explain: byLeaveOneOut(scorer), ...indexTables(tables) })
}
