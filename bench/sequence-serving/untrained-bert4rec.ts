import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { sequenceFiles } from '@cairn/flavors/sequence/artifact'
import { bert4rec } from '@cairn/recommenders/models/bert4rec/network'
import { ParameterLayout } from '@cairn/recommenders/transformers/sequence/parameter-layout'
import { exportGraph } from '@cairn/recommenders/transformers/sequence/scoring-graph'

/** The graph of a BERT4Rec with untrained weights, which take as long as trained ones. */
export function graphOf(items: number, maxLength: number): Uint8Array {
  const network = bert4rec.network({ items, width: 64, blocks: 2, heads: 2, maxLength })
  const layout = new ParameterLayout(network.parameters)
  const parameters = new Float32Array(layout.size)
  layout.initialize(parameters, { seed: 1, events: [] })
  return exportGraph(network, layout.views(parameters), 10)
}

/** The mask of BERT4Rec uses one position. */
export const maxHistoryOf = (maxLength: number) => maxLength - 1

export function filesOf(onnx: Uint8Array, items: number, maxHistory: number): ModelFiles {
  const ids = Array.from({ length: items }, (_, row) => row + 1)
  const table = { ids, titles: ids.map((id) => `Film ${id}`), popularity: new Float64Array(items) }
  return sequenceFiles({ kind: 'bert4rec', onnx, maxHistory, items: table, parameters: {} })
}
