import { invalid } from '@cairn/platform/errors'
import { explainByLeaveOneOut } from '../recommender/explanation.js'
import { HistoryRecommender } from '../recommender/history-recommender.js'
import { readSequence } from './artifact.js'
import { SequenceScorer } from './scorer.js'

/** Reasons may cost as many events as this to score, about as much time as four answers without. */
const EVENTS_FOR_REASONS = 250
const MIN_ITEMS = 3
const MAX_ITEMS = 20

/** @throws INVALID_PARAMETER_VALUE when the folder has no valid sequence model */
export async function loadSequence(folder: string): Promise<HistoryRecommender> {
  const { table, users, ...graph } = await readSequence(folder)
  const scorer = await SequenceScorer.open(graph)
  try {
    await probe(scorer)
  } catch (cause) {
    await scorer.close()
    throw invalid(`model.onnx: the graph cannot score the ${table.size} items of this model`, { cause })
  }
  const latest = (events: number) => itemsToLeaveOut(Math.min(events, scorer.maxHistory))
  return new HistoryRecommender({
    scorer,
    table,
    explain: explainByLeaveOneOut(scorer, latest),
    ...(users && { users }),
  })
}

const itemsToLeaveOut = (events: number) =>
  Math.min(MAX_ITEMS, Math.max(MIN_ITEMS, Math.floor(EVENTS_FOR_REASONS / events)))

/** Scores the last row there is: a graph of fewer items fails now and not in an answer. */
async function probe(scorer: SequenceScorer): Promise<void> {
  const { items } = scorer
  await scorer.score([Int32Array.of(items - 1)], new Float32Array(items))
}
