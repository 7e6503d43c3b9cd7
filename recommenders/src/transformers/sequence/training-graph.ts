import { tiedCrossEntropy } from '../graph/cross-entropy.js'
import { gradients } from '../graph/gradients.js'
import { type Dim, Graph, type Value } from '../graph/graph.js'
import * as n from '../graph/nodes.js'
import * as ops from '../graph/ops.js'
import { type Dropout, type Network, NO_DROPOUT } from './network.js'

/** An input of the training graph for a dropout mask of 0 and 1 / keep. */
export interface MaskInput {
  readonly name: string
  readonly shape: readonly Dim[]
}

export interface TrainingGraph {
  readonly onnx: Uint8Array
  readonly masks: readonly MaskInput[]
  /** Number of row updates by parameter; update n has the outputs `<name>.ids.<n>` and `<name>.rows.<n>`. */
  readonly rowUpdates: ReadonlyMap<string, number>
}

/**
 * Builds the graph of the loss and gradients of a network. Inputs: the parameters, `tokens` [batch, length], and per target
 * its index in the flattened tokens, its label and its weight. Outputs: `loss` = Σ weight · −log p(label),
 * `<parameter>.gradient`, and row updates. Only the sizes of the network are fixed.
 */
export function trainingGraph(network: Network, drops: boolean): TrainingGraph {
  const g = new Graph()
  const masks: MaskInput[] = []
  const parameters = network.parameters.map(({ name, shape }) => g.input(name, 'float32', shape))
  const p = Object.fromEntries(parameters.map((value) => [value.name, value]))
  const tokens = g.input('tokens', 'int32', ['batch', 'length'])
  n.nameDims(g, tokens)
  const target = (name: string, type: 'int32' | 'float32') => g.input(name, type, ['targets'])
  const x = network.encode(g, p, tokens, drops ? dropoutInputs(masks) : NO_DROPOUT)
  const outputs = network.head(g, p, ops.pickRows(g, x, target('target_positions', 'int32')))
  const label = { labels: target('labels', 'int32'), weights: target('weights', 'float32') }
  const loss = tiedCrossEntropy(g, outputs, network.classes(p), label)
  g.output('loss', loss)
  const rowUpdates = outputGradients(g, loss, parameters)
  return { onnx: g.encode('training'), masks, rowUpdates }
}

function outputGradients(g: Graph, loss: Value, parameters: readonly Value[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [index, { dense, rows }] of gradients(g, loss, parameters).entries()) {
    const { name } = parameters[index]!
    if (!dense) throw new Error(`the loss does not depend on '${name}'`)
    g.output(`${name}.gradient`, dense)
    for (const [part, update] of rows.entries()) {
      g.output(`${name}.ids.${part}`, update.ids)
      g.output(`${name}.rows.${part}`, update.rows)
    }
    if (rows.length > 0) counts.set(name, rows.length)
  }
  return counts
}

function dropoutInputs(masks: MaskInput[]): Dropout {
  const mask = (g: Graph, shape: readonly Dim[]) => {
    const input = { name: `dropout.${masks.length}`, shape }
    masks.push(input)
    return g.input(input.name, 'float32', shape)
  }
  return { mask, drop: (g, x) => ops.mask(g, x, mask(g, x.shape)) }
}
