import { SequenceScorer } from '@cairn/flavors/sequence/scorer'
import type { FitInput } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import type { SequenceKind } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import type { SequenceParameters } from './parameters.js'
import { exportGraph } from './scoring-graph.js'
import { type TrainedSequence, type TrainOptions, trainSequence } from './train.js'

/** Number of items in the graph's top-k output; longer lists are computed from the scores. */
const TOP = 100

/** A trained sequence model. The same ONNX graph is evaluated, stored and served. */
export interface FittedSequence extends Scorer {
  readonly kind: string
  /** The parameters with automatic values resolved. */
  readonly parameters: SequenceParameters
  readonly onnx: Uint8Array
  /** The number of latest events that the model uses. */
  readonly maxHistory: number
  /** The epoch with the best validation NDCG@10, whose parameters are used. */
  readonly best: TrainedSequence['best']
}

export async function fitSequence(
  kind: SequenceKind,
  data: FitInput,
  parameters: SequenceParameters,
  options: TrainOptions = {},
): Promise<FittedSequence> {
  const trained = await trainSequence(kind, data, parameters, options)
  const { items, maxLength } = trained.sizes
  const network = kind.network(trained.sizes)
  const views = new ParameterLayout(network.parameters).views(trained.parameters)
  const onnx = exportGraph(network, views, TOP)
  const maxHistory = maxLength - (network.queryToken === undefined ? 0 : 1)
  const scorer = await SequenceScorer.open({ onnx, items, maxHistory }, options)
  const { settings, best } = trained
  return { ...fromHistoryScorer(scorer), kind: kind.name, parameters: settings, onnx, maxHistory, best }
}
