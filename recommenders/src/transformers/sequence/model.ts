import { SequenceScorer } from '@cairn/flavors/sequence/scorer'
import type { FitData } from '../../models/recipe.js'
import { type Scorer, scorerOf } from '../../scoring/scorer.js'
import type { SequenceKind } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import type { SequenceParameters } from './parameters.js'
import { exportGraph } from './scoring-graph.js'
import { type TrainedSequence, type TrainOptions, trainSequence } from './train.js'

/** What the graph's top-k gives; more is taken from the scores. */
const TOP = 100

/** A trained sequence model as it is stored, measured and served: an ONNX graph. */
export interface FittedSequence extends Scorer {
  readonly kind: string
  /** With numbers for what was left to the data. */
  readonly parameters: SequenceParameters
  readonly onnx: Uint8Array
  /** Events of a history that count, the latest. */
  readonly maxHistory: number
  /** The epoch whose parameters these are, by its validation NDCG@10. */
  readonly best: TrainedSequence['best']
}

export async function fitSequence(
  kind: SequenceKind,
  data: FitData,
  parameters: SequenceParameters,
  options: TrainOptions = {},
): Promise<FittedSequence> {
  const trained = await trainSequence(kind, data, parameters, options)
  const { items, maxLength } = trained.sizes
  const network = kind.network(trained.sizes)
  const views = new ParameterLayout(network.parameters).views(trained.parameters)
  const onnx = exportGraph(network, views, TOP)
  const maxHistory = maxLength - (network.question === undefined ? 0 : 1)
  const scorer = await SequenceScorer.open({ onnx, items, maxHistory }, options)
  const { settings, best } = trained
  return { ...scorerOf(scorer), kind: kind.name, parameters: settings, onnx, maxHistory, best }
}
