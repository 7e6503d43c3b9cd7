import type { Flow, Graph, RowUpdates, TapeStep, Value } from './graph.js'
import * as n from './nodes.js'

/** The gradient of a parameter: a tensor of its shape plus rows to add to it. */
export interface Gradient {
  readonly dense: Value | undefined
  readonly rows: readonly RowUpdates[]
}

/**
 * Reverse-mode differentiation of a scalar: walks the tape backwards and emits the gradients of `parameters`.
 *
 * The caller adds the row updates of embeddings, because ONNX's ScatterND does not define the order in which threads add
 * to one row, so its sums differ from run to run.
 */
export function gradients(g: Graph, loss: Value, parameters: readonly Value[]): readonly Gradient[] {
  const wanted = reachable(g.steps, parameters)
  const flows = new Map<string, Flow[]>([[loss.name, [g.scalar(1)]]])
  for (const step of [...g.steps].reverse()) {
    if (!step.inputs.some((input) => input && wanted.has(input.name))) continue
    const arrived = step.outputs.map((output) => total(g, flows, output.name))
    if (arrived.every((gradient) => gradient === undefined)) continue
    for (const [index, flow] of step.pull(arrived).entries()) {
      const name = step.inputs[index]?.name
      if (flow && name !== undefined && wanted.has(name)) flows.set(name, [...(flows.get(name) ?? []), flow])
    }
  }
  return parameters.map(({ name }) => ({
    dense: total(g, flows, name),
    rows: (flows.get(name) ?? []).filter(isRows),
  }))
}

/** The names of all values that depend on a parameter, including the parameters. */
function reachable(steps: readonly TapeStep[], parameters: readonly Value[]): Set<string> {
  const names = new Set(parameters.map(({ name }) => name))
  for (const { inputs, outputs } of steps)
    if (inputs.some((input) => input && names.has(input.name)))
      for (const output of outputs) names.add(output.name)
  return names
}

const isRows = (flow: Flow): flow is RowUpdates => flow !== undefined && 'rows' in flow

/** The sum of the dense gradients of a value; emitted once. */
function total(g: Graph, flows: Map<string, Flow[]>, name: string): Value | undefined {
  const all = flows.get(name) ?? []
  const dense = all.filter((flow) => flow !== undefined && !isRows(flow)) as Value[]
  if (dense.length === 0) return undefined
  const sum = dense.reduce((a, b) => n.add(g, a, b))
  flows.set(name, [...all.filter(isRows), sum])
  return sum
}
