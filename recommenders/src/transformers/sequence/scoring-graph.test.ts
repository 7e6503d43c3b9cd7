import { OnnxSession } from '@cairn/flavors/onnx/session'
import { SequenceScorer } from '@cairn/flavors/sequence/scorer'
import { randomStream } from '@cairn/platform/statistics/random'
import { describe, expect, test } from 'vitest'
import { bert4rec } from '../../models/bert4rec/network.js'
import { sasrec } from '../../models/sasrec/network.js'
import { Graph } from '../graph/graph.js'
import * as n from '../graph/nodes.js'
import { NO_DROPOUT, type SequenceKind } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import { exportGraph } from './scoring-graph.js'

const sizes = { items: 37, width: 12, blocks: 2, heads: 3, maxLength: 21 }
const TOP = 5

function graphOf(kind: SequenceKind): Uint8Array {
  const network = kind.network(sizes)
  const layout = new ParameterLayout(network.parameters)
  const random = randomStream(7)
  const parameters = Float32Array.from({ length: layout.size }, () => random() - 0.5)
  return exportGraph(network, layout.views(parameters), TOP)
}

const histories = [[3], [...Array(19).keys()], [5, 7, 1], [...Array(36).keys()]].map((items) =>
  Int32Array.from(items),
)

describe.each([bert4rec, sasrec] as SequenceKind[])('$name', (kind) => {
  const onnx = graphOf(kind)

  const scoresOf = async (some: readonly Int32Array[], maxHistory = 20) => {
    const scorer = await SequenceScorer.open({ onnx, items: sizes.items, maxHistory })
    const scores = new Float32Array(some.length * sizes.items)
    await scorer.score(some, scores)
    await scorer.close()
    return scores
  }

  test('scores a history with the same bits alone and in a batch', async () => {
    const together = await scoresOf(histories)
    for (const [n, history] of histories.entries())
      expect(await scoresOf([history])).toEqual(together.slice(n * sizes.items, (n + 1) * sizes.items))
  })

  test('computes for the last position alone what it computes for all', async () => {
    const network = kind.network(sizes)
    const layout = new ParameterLayout(network.parameters)
    const random = randomStream(8)
    const views = layout.views(Float32Array.from({ length: layout.size }, () => random() - 0.5))
    const g = new Graph()
    const p = Object.fromEntries(
      network.parameters.map(({ name, shape }) => [name, g.weights(name, shape, views.get(name)!)]),
    )
    const tokens = g.input('tokens', 'int32', ['batch', 'length'])
    n.nameDims(g, tokens)
    const all = network.encode(g, p, tokens, NO_DROPOUT)
    g.output('taken', n.takeIndex(g, n.reshape(g, all, ['batch', 'length', sizes.width]), 1, -1))
    g.output('last', network.encodeLast(g, p, tokens))
    const session = await OnnxSession.open(g.encode('both'))
    const data = Int32Array.from([0, 0, 4, 9, 2, 0, 1, 5, 5, 30, 3, 7, 8, 2, 1])
    const { taken, last } = await session.run({ tokens: { data, dims: [3, 5] } })
    await session.close()
    expect(last!.dims).toEqual([3, sizes.width])
    for (const [at, value] of (taken!.data as Float32Array).entries())
      expect(last!.data[at]).toBeCloseTo(value, 5)
  })

  test('ignores padding', async () => {
    const session = await OnnxSession.open(onnx)
    const run = async (tokens: number[]) => {
      const history = { data: BigInt64Array.from(tokens, BigInt), dims: [1, tokens.length] }
      return [...((await session.run({ history })).scores!.data as Float32Array)]
    }
    const bare = await run([4, 9, 2])
    const filled = await run([0, 0, 0, 0, 0, 4, 9, 2])
    await session.close()
    for (const [item, score] of bare.entries()) expect(filled[item]).toBeCloseTo(score, 4)
  })

  test('uses only the end of a long history, and its order', async () => {
    const long = Int32Array.from({ length: 30 }, (_, n) => n)
    expect(await scoresOf([long])).toEqual(await scoresOf([long.subarray(10)]))
    expect(await scoresOf([long.toReversed()])).not.toEqual(await scoresOf([long]))
  })

  test('outputs the best items', async () => {
    const session = await OnnxSession.open(onnx)
    const history = { data: BigInt64Array.of(4n, 9n, 2n, 0n, 7n, 7n), dims: [2, 3] }
    const { scores, top_scores, top_items } = await session.run({ history })
    await session.close()
    expect(top_items!.dims).toEqual([2, TOP])
    for (const row of [0, 1]) {
      const own = [...(scores!.data as Float32Array).subarray(row * sizes.items, (row + 1) * sizes.items)]
      const best = [...own.keys()].sort((a, b) => own[b]! - own[a]!).slice(0, TOP)
      expect([...top_items!.data].slice(row * TOP, (row + 1) * TOP).map(Number)).toEqual(best)
      expect([...top_scores!.data].slice(row * TOP, (row + 1) * TOP)).toEqual(best.map((item) => own[item]))
    }
  })
})

test('rejects a graph of another kind', async () => {
  const graph = { items: 3, maxHistory: 5 }
  await expect(SequenceScorer.open({ ...graph, onnx: Uint8Array.of(1, 2, 3) })).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
  })
})
