import { Cholesky } from '@cairn/flavors/als/cholesky'
import { FactorMatrix } from '@cairn/flavors/als/factor-matrix'
import { FoldIn } from '@cairn/flavors/als/fold-in'
import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import { describe, expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import type { AlsParameters } from './parameters.js'
import { type Epoch, trainAls } from './train.js'

/** Two groups of users with different tastes, each with mostly one half of the items. */
function createWorld(users: number, items: number) {
  const random = randomStream(3)
  const columns = { users: [] as number[], items: [] as number[] }
  for (let user = 0; user < users; user++)
    for (let item = 0; item < items; item++)
      if (random() < (user % 2 === item % 2 ? 0.35 : 0.04)) {
        columns.users.push(user)
        columns.items.push(item)
      }
  return buildInteractions(columns, 'row')
}

const world = createWorld(90, 70)
const small: Partial<AlsParameters> = { factors: 12, epochs: 6, block_size: 8, regularization: 0.01 }

/** iALS++ as in the paper: float64, dense, one block of coordinates at a time. */
function naiveIals(params: { factors: number; epochs: number; block: number; reg: number; alpha: number }) {
  const [rows, columns] = [world.users.size, world.items.size]
  const observed = world.users.ids.map(
    (_, user) => new Set(world.itemOf.subarray(world.starts[user], world.ends[user])),
  )
  const normal = normalStream(42)
  const start = (size: number) =>
    Array.from({ length: size }, () =>
      Float64Array.from({ length: params.factors }, () =>
        Math.fround((0.1 / Math.sqrt(params.factors)) * normal()),
      ),
    )
  const users = start(rows)
  const items = start(columns)
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k]!, 0)
  const pass = (row: Float64Array, others: Float64Array[], has: (other: number) => boolean) => {
    const count = others.filter((_, other) => has(other)).length
    const penalty = params.reg * (count + params.alpha * others.length)
    for (let at = 0; at < params.factors; at += params.block) {
      const b = Math.min(params.block, params.factors - at)
      const gradient = row.slice(at, at + b).map((value) => penalty * value)
      const hessian = new Float64Array(b * b)
      for (let k = 0; k < b; k++) hessian[k * b + k] = penalty
      others.forEach((other, n) => {
        const prediction = dot(row, other)
        const slope = params.alpha * prediction + (has(n) ? prediction - 1 : 0)
        for (let k = 0; k < b; k++) {
          gradient[k]! += slope * other[at + k]!
          for (let l = 0; l < b; l++)
            hessian[k * b + l]! += (params.alpha + (has(n) ? 1 : 0)) * other[at + k]! * other[at + l]!
        }
      })
      new Cholesky(hessian, b).solve(gradient).forEach((step, k) => {
        row[at + k]! -= step
      })
    }
  }
  for (let epoch = 0; epoch < params.epochs; epoch++) {
    users.forEach((row, user) => {
      pass(row, items, (item) => observed[user]!.has(item))
    })
    items.forEach((row, item) => {
      pass(row, users, (user) => observed[user]!.has(item))
    })
  }
  let loss = 0
  users.forEach((user, u) => {
    const n = observed[u]!.size
    loss += params.reg * (n + params.alpha * columns) * dot(user, user)
    items.forEach((item, i) => {
      const prediction = dot(user, item)
      loss += params.alpha * prediction ** 2 + (observed[u]!.has(i) ? (1 - prediction) ** 2 : 0)
    })
  })
  items.forEach((item, i) => {
    const n = observed.filter((row) => row.has(i)).length
    loss += params.reg * (n + params.alpha * rows) * dot(item, item)
  })
  return { users, items, loss: loss / world.itemOf.length }
}

describe.each([8, 16])('with blocks of %i', (block_size) => {
  test('equals a dense float64 solver in factors and loss', async () => {
    const epochs: Epoch[] = []
    const model = await trainAls(
      world,
      { ...small, block_size },
      { onEpoch: (epoch) => void epochs.push(epoch) },
    )
    const naive = naiveIals({ factors: 12, epochs: 6, block: block_size, reg: 0.01, alpha: 0.1 })
    const difference = (factors: Float32Array, rows: Float64Array[]) =>
      Math.max(
        ...rows.flatMap((row, n) => [...row].map((value, k) => Math.abs(value - factors[n * 12 + k]!))),
      )
    expect(difference(model.userFactors, naive.users)).toBeLessThan(2e-4)
    expect(difference(model.itemFactors, naive.items)).toBeLessThan(2e-4)
    expect(epochs.at(-1)!.loss).toBeCloseTo(naive.loss, 5)
  })
})

test('decreases the loss with every epoch and reports the speed', async () => {
  const epochs: Epoch[] = []
  await trainAls(world, { ...small, epochs: 12 }, { onEpoch: (epoch) => void epochs.push(epoch) })
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  for (let n = 1; n < epochs.length; n++) expect(epochs[n]!.loss).toBeLessThan(epochs[n - 1]!.loss)
  for (const { seconds, interactionsPerSecond } of epochs)
    expect(interactionsPerSecond).toBeCloseTo(world.itemOf.length / seconds, 3)
})

test('trains the same bits with one and three threads, and another model with another seed', async () => {
  const [one, three, other] = await Promise.all([
    trainAls(world, small, { threads: 1 }),
    trainAls(world, small, { threads: 3 }),
    trainAls(world, { ...small, seed: 43 }, { threads: 1 }),
  ])
  expect(three.userFactors).toEqual(one.userFactors)
  expect(three.itemFactors).toEqual(one.itemFactors)
  expect(other.itemFactors).not.toEqual(one.itemFactors)
})

test('folds in a training user close to the trained vector', async () => {
  const model = await trainAls(world, { ...small, epochs: 60 })
  const row = (factors: Float32Array, index: number) => factors.subarray(index * 12, (index + 1) * 12)
  const gram = new Float64Array(12 * 12)
  for (let item = 0; item < world.items.size; item++)
    for (let k = 0; k < 12; k++)
      for (let l = 0; l < 12; l++)
        gram[k * 12 + l]! += row(model.itemFactors, item)[k]! * row(model.itemFactors, item)[l]!
  const items = new FactorMatrix(model.itemFactors, 12)
  for (let user = 0; user < world.users.size; user++) {
    const history = [...world.itemOf.subarray(world.starts[user], world.ends[user])]
    const trained = row(model.userFactors, user)
    const { vector } = new FoldIn(items, gram, model.params, history)
    const distance = Math.hypot(...vector.map((value, k) => value - trained[k]!))
    expect(distance / Math.hypot(...trained)).toBeLessThan(0.02)
  }
})

test('stops the threads early on abort and rejects with its reason', async () => {
  const controller = new AbortController()
  let last = 0
  const training = trainAls(
    world,
    { ...small, epochs: 1000 },
    {
      signal: controller.signal,
      onEpoch: ({ epoch }) => {
        if (epoch === 2) setTimeout(() => controller.abort(new Error('cancelled by the user')), 1)
        last = epoch
      },
    },
  )
  await expect(training).rejects.toThrow('cancelled by the user')
  expect(last).toBeLessThan(1000)
  await expect(trainAls(world, small, { signal: controller.signal })).rejects.toThrow('cancelled by the user')
})

test('leaves the zero vector for items and users without training events', async () => {
  const train = { ...world, ends: world.ends.slice() }
  train.ends[4] = train.starts[4]!
  const model = await trainAls(train, small)
  expect([...model.userFactors.subarray(4 * 12, 5 * 12)]).toEqual(Array(12).fill(0))
})

test.each([
  [{ factors: 0 }, "iALS parameter 'factors'"],
  [{ block_size: 12 }, "iALS parameter 'block_size'"],
  [{ regularization: Number.NaN }, "iALS parameter 'regularization'"],
])('rejects invalid parameters by name: %j', async (params, message) => {
  await expect(trainAls(world, params)).rejects.toThrow(message)
})
