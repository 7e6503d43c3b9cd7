import { OnnxSession, type OnnxTensor, type Tensors } from '@cairn/flavors/onnx/session'
import { randomStream } from '@cairn/platform/statistics/random'
import { gradients } from '../gradients.js'
import { type Dim, Graph, type Value } from '../graph.js'
import * as n from '../nodes.js'

/** A differentiable expression of named float32 inputs; `feeds` are not differentiated. */
export interface Expression {
  readonly parameters: Readonly<Record<string, readonly number[]>>
  readonly feeds?: Tensors
  readonly build: (g: Graph, parameters: Record<string, Value>, feeds: Record<string, Value>) => Value
}

export interface Derivatives {
  readonly analytic: Float64Array
  readonly numeric: Float64Array
}

const STEP = 1e-2

/** Gradients of a random weighting of the expression per parameter, by the rules and by central differences. */
export async function differentiate(expression: Expression, seed = 1): Promise<Map<string, Derivatives>> {
  const random = randomStream(seed)
  const values = new Map(
    Object.entries(expression.parameters).map(([name, dims]) => [
      name,
      Float32Array.from({ length: count(dims) }, () => random() * 2 - 1),
    ]),
  )
  const session = await OnnxSession.open(lossGraph(expression, random))
  const run = async () => {
    const inputs = [...values].map(([name, data]) => [name, { data, dims: expression.parameters[name]! }])
    return session.run({ ...Object.fromEntries(inputs), ...expression.feeds })
  }
  const results = await run()
  const found = new Map<string, Derivatives>()
  for (const [name, data] of values) {
    const numeric = new Float64Array(data.length)
    for (let at = 0; at < data.length; at++) {
      const original = data[at]!
      const lossAt = async (value: number) => {
        data[at] = value
        return Number((await run()).loss!.data[0])
      }
      numeric[at] = ((await lossAt(original + STEP)) - (await lossAt(original - STEP))) / (2 * STEP)
      data[at] = original
    }
    found.set(name, { analytic: gathered(results, name, data.length), numeric })
  }
  await session.close()
  return found
}

const count = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1)

function lossGraph({ parameters, feeds = {}, build }: Expression, random: () => number): Uint8Array {
  const g = new Graph()
  const named = Object.entries(parameters).map(
    ([name, dims]) => [name, g.input(name, 'float32', dims)] as const,
  )
  const inputs = Object.entries(feeds).map(([name, { data, dims }]) => {
    const value = g.input(name, data instanceof Float32Array ? 'float32' : 'int32', symbolic(name, dims))
    n.nameDims(g, value)
    return [name, value] as const
  })
  const y = build(g, Object.fromEntries(named), Object.fromEntries(inputs))
  const loss = y.shape.length === 0 ? y : weighted(g, y, random)
  g.output('loss', loss)
  const values = named.map(([, value]) => value)
  for (const [place, { dense, rows }] of gradients(g, loss, values).entries()) {
    const name = values[place]!.name
    if (dense) g.output(`${name}.dense`, dense)
    for (const [part, update] of rows.entries()) {
      g.output(`${name}.ids.${part}`, update.ids)
      g.output(`${name}.rows.${part}`, update.rows)
    }
  }
  return g.encode('differentiate')
}

/** A feed called `batch,length.tokens` has the named dimensions before the dot. */
function symbolic(name: string, dims: readonly number[]): readonly Dim[] {
  const [names, rest] = name.split('.')
  return rest === undefined ? dims : names!.split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim))
}

function weighted(g: Graph, y: Value, random: () => number): Value {
  const dims = y.shape.map((dim) => (typeof dim === 'number' ? dim : 1))
  const weights = g.weights(
    'weighting',
    dims,
    Float32Array.from({ length: count(dims) }, () => random() - 0.3),
  )
  const product = n.multiply(g, y, weights)
  const loss = n.sum(g, product, [...y.shape.keys()])
  g.record([y], [loss], ([d]) => [n.multiply(g, weights, d!)])
  return loss
}

function gathered(results: Record<string, OnnxTensor>, name: string, length: number): Float64Array {
  const sum = new Float64Array(length)
  const dense = results[`${name}.dense`]?.data
  if (dense) for (let at = 0; at < length; at++) sum[at] = Number(dense[at])
  for (let part = 0; results[`${name}.ids.${part}`]; part++) {
    const ids = results[`${name}.ids.${part}`]!.data
    const rows = results[`${name}.rows.${part}`]!.data
    const width = rows.length / ids.length
    for (let row = 0; row < ids.length; row++)
      for (let k = 0; k < width; k++) sum[Number(ids[row]) * width + k]! += Number(rows[row * width + k])
  }
  return sum
}
