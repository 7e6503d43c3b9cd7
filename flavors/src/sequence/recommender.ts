import { invalid } from '@cairn/platform/errors'
import { explainByLeaveOneOut } from '../recommender/explanation.js'
import { HistoryRecommender } from '../recommender/history-recommender.js'
import { readSequence } from './artifact.js'
import { SequenceScorer } from './scorer.js'

/** Number of events that may be scored for explanations, which takes about as long as four requests without. */
const EXPLANATION_EVENTS = 250
const MIN_ITEMS = 3
const MAX_ITEMS = 20

/** Loads a sequence model. @throws INVALID_PARAMETER_VALUE when the folder has no valid one */
export async function loadSequence(folder: string): Promise<HistoryRecommender> {
  const { table, users, ...graph } = await readSequence(folder)
  const scorer = await SequenceScorer.open(graph)
  try {
    await checkItemCount(scorer)
  } catch (cause) {
    await scorer.close()
    throw invalid(`model.onnx: the graph cannot score the ${table.size} items of this model`, { cause })
  }
  const latest = (events: number) => itemsToLeaveOut(Math.min(events, scorer.maxHistory))
  return new HistoryRecommender({
    scorer,
    table,
    ...explainByLeaveOneOut(latest),
    ...(users && { users }),
  })
}

const itemsToLeaveOut = (events: number) =>
  Math.min(MAX_ITEMS, Math.max(MIN_ITEMS, Math.floor(EXPLANATION_EVENTS / events)))

/** Scores the last item, so that a graph with fewer items fails when it is loaded. */
async function checkItemCount(scorer: SequenceScorer): Promise<void> {
  const { items } = scorer
  await scorer.score([Int32Array.of(items - 1)], new Float32Array(items))
}
