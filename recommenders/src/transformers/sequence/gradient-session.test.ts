import { describe, expect, test } from 'vitest'
import { bert4rec } from '../../models/bert4rec/network.js'
import { sasrec } from '../../models/sasrec/network.js'
import { GradientSession } from './gradient-session.js'
import type { SequenceKind } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import type { Shard } from './shards.js'

const sizes = { items: 11, width: 8, blocks: 2, heads: 2, maxLength: 6 }
const seeds = { pool: 1, windows: 2 }

const shard: Shard = {
  batch: 2,
  length: 5,
  tokens: Int32Array.of(3, 4, 5, 6, 7, 0, 0, 1, 2, 3),
  positions: Int32Array.of(1, 3, 8),
  labels: Int32Array.of(9, 2, 9),
  weight: 1 / 3,
}

async function open(kind: SequenceKind, dropout = 0) {
  const network = kind.network(sizes)
  const layout = new ParameterLayout(network.parameters)
  const parameters = new Float32Array(layout.size)
  layout.initialize(parameters, { seed: 3, events: [0, 4, 0, 2] })
  for (const name of ['items', 'positions'])
    for (const [at, x] of layout.views(parameters).get(name)!.entries())
      layout.views(parameters).get(name)![at] = x * 30
  const session = await GradientSession.open(network, layout, { dropout })
  const run = async (overrides: Partial<Shard> = {}, windows = 2, sum = new Float32Array(layout.size)) => ({
    loss: await session.run(parameters, { ...shard, ...overrides }, { ...seeds, windows }, sum),
    sum,
  })
  return { run, close: () => session.close() }
}

describe.each([bert4rec, sasrec] as SequenceKind[])('$name', (kind) => {
  test('adds gradients to the sum', async () => {
    const { run, close } = await open(kind)
    const once = await run()
    const twice = await run({}, 2, once.sum.slice())
    await close()
    for (const [at, value] of once.sum.entries()) expect(twice.sum[at]).toBeCloseTo(2 * value, 5)
  })

  test('weights targets and sums them independently', async () => {
    const { run, close } = await open(kind)
    const all = await run()
    let sum = 0
    for (const n of [0, 1, 2])
      sum += (await run({ positions: shard.positions.slice(n, n + 1), labels: shard.labels.slice(n, n + 1) }))
        .loss
    await close()
    expect(sum).toBeCloseTo(all.loss, 5)
  })

  test('determines dropout by the seeds alone', async () => {
    const { run, close } = await open(kind, 0.5)
    const [one, again, other] = [await run({}, 7), await run({}, 7), await run({}, 8)]
    await close()
    expect(again).toEqual(one)
    expect(other.loss).not.toBe(one.loss)
  })
})

test.each([
  [bert4rec as SequenceKind, true],
  [sasrec as SequenceKind, false],
])('attends to later positions or not: %o', async (kind, sees) => {
  const { run, close } = await open(kind)
  const early = { positions: Int32Array.of(1), labels: Int32Array.of(4) }
  const before = await run(early)
  const after = await run({ ...early, tokens: shard.tokens.with(4, 1) })
  await close()
  expect(after.loss !== before.loss).toBe(sees)
})
