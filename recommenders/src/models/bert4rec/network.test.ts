import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { GradientSession } from '../../transformers/sequence/gradient-session.js'
import type { NetworkSizes } from '../../transformers/sequence/network.js'
import { ParameterLayout } from '../../transformers/sequence/parameter-layout.js'
import { bert4rec } from './network.js'

interface Golden {
  readonly sizes: NetworkSizes
  readonly shard: { batch: number; length: number; weight: number } & Record<
    'tokens' | 'positions' | 'labels',
    number[]
  >
  readonly loss: number
  readonly gradients: Readonly<Record<string, number[]>>
}

const golden: Golden = JSON.parse(readFileSync(new URL('./testing/golden.json', import.meta.url), 'utf8'))

test('has the loss and gradients of PyTorch', async () => {
  const network = bert4rec.network(golden.sizes)
  const layout = new ParameterLayout(network.parameters)
  const parameters = Float32Array.from({ length: layout.size }, (_, at) => Math.sin(12.9898 * at))
  const { tokens, positions, labels, ...shape } = golden.shard
  const shard = {
    ...shape,
    tokens: Int32Array.from(tokens),
    positions: Int32Array.from(positions),
    labels: Int32Array.from(labels),
  }
  const session = await GradientSession.open(network, layout, { dropout: 0 })
  const sum = new Float32Array(layout.size)
  const loss = await session.run(parameters, shard, { pool: 0, windows: 0 }, sum)
  await session.close()
  expect(loss).toBeCloseTo(golden.loss, 5)
  expect(Object.keys(golden.gradients)).toEqual(layout.specs.map(({ name }) => name))
  for (const [name, gradient] of layout.views(sum)) {
    const wanted = golden.gradients[name]!
    expect(gradient.length).toBe(wanted.length)
    const worst = Math.max(...gradient.map((value, at) => Math.abs(value - wanted[at]!)))
    expect(worst, name).toBeLessThan(2e-5)
  }
})
