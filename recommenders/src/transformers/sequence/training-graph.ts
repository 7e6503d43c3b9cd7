import { tiedCrossEntropy } from '../graph/cross-entropy.js'
import { gradients } from '../graph/gradients.js'
import { type Dim, Graph, type Value } from '../graph/graph.js'
import * as n from '../graph/nodes.js'
import * as ops from '../graph/ops.js'
import { type Dropout, type Network, NO_DROPOUT } from './network.js'

/** An input of the training graph that is to be fed with zeros and 1 / keep. */
export interface MaskInput {
  readonly name: string
  readonly shape: readonly Dim[]
}

export interface TrainingGraph {
  readonly onnx: Uint8Array
  readonly masks: readonly MaskInput[]
  /** Parameters with row updates, `<name>.ids.<n>` and `<name>.rows.<n>` for n below the count. */
  readonly rowUpdates: ReadonlyMap<string, number>
}

/**
 * Loss and gradients of a network. Inputs: the parameters, `tokens` [batch, length], and for each target its place in the
 * flattened tokens, its label and its weight. Outputs: `loss` = Σ weight · −log p(label), `<parameter>.gradient`, and row
 * updates. All sizes but those of the network are free.
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
  const asked = network.head(g, p, ops.pickRows(g, x, target('places', 'int32')))
  const label = { labels: target('labels', 'int32'), weights: target('weights', 'float32') }
  const loss = tiedCrossEntropy(g, asked, network.classes(p), label)
  g.output('loss', loss)
  const rowUpdates = outputGradients(g, loss, parameters)
  return { onnx: g.encode('training'), masks, rowUpdates }
}

function outputGradients(g: Graph, loss: Value, parameters: readonly Value[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [place, { dense, rows }] of gradients(g, loss, parameters).entries()) {
    const { name } = parameters[place]!
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
