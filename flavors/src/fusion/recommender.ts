import type { LoadMember } from '../flavor.js'
import { explainByLeaveOneOut } from '../recommender/explanation.js'
import { indexTables } from '../recommender/history-folder.js'
import { HistoryRecommender } from '../recommender/history-recommender.js'
import { readFusion } from './artifact.js'
import { FusionScorer } from './scorer.js'

/** Loads a fusion and its members. @throws INVALID_PARAMETER_VALUE when the folder has no valid one */
export async function loadFusion(folder: string, loadMember: LoadMember): Promise<HistoryRecommender> {
  const { method, members, ...tables } = await readFusion(folder, loadMember)
  const scorer = new FusionScorer(method, members)
  return new HistoryRecommender({ scorer, ...explainByLeaveOneOut(), ...indexTables(tables) })
}
