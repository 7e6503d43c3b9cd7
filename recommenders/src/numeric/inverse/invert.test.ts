import { randomStream } from '@cairn/platform/statistics/random'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adjacency } from '../../data/adjacency.js'
import { buildInteractions } from '../../data/interactions.js'
import { invertCounts } from './invert.js'
import { gaussInverse } from './testing/gauss-inverse.js'

function someEvents(users: number, items: number, density: number, seed: number) {
  const random = randomStream(seed)
  const columns = { users: [0], items: [0] }
  for (let user = 0; user < users; user++)
    for (let item = 0; item < items; item++)
      if (random() < density) {
        columns.users.push(user)
        columns.items.push(item)
      }
  return buildInteractions(columns, 'row')
}

/** XᵀX + λI computed by its definition. */
function definition(events: ReturnType<typeof someEvents>, regularization: number): Float64Array {
  const n = events.items.size
  const matrix = new Float64Array(n * n)
  for (let user = 0; user < events.users.size; user++) {
    const items = [...new Set(events.itemOf.subarray(events.starts[user], events.ends[user]))]
    for (const a of items) for (const b of items) matrix[a * n + b]! += 1
  }
  for (let item = 0; item < n; item++) matrix[item * n + item]! += regularization
  return matrix
}

/** An upper bound of the condition number of XᵀX + λI: eigenvalues are between λ and the largest row sum. */
function conditionOf(matrix: Float64Array, n: number, regularization: number): number {
  const sums = Array.from({ length: n }, (_, row) =>
    matrix.subarray(row * n, (row + 1) * n).reduce((sum, value) => sum + value, 0),
  )
  return Math.max(...sums) / regularization
}

test('equals Gauss-Jordan elimination, within one tile and across several', async () => {
  const scenario = fc.record({
    users: fc.integer({ min: 1, max: 90 }),
    items: fc.constantFrom(1, 7, 63, 64, 65, 150),
    density: fc.constantFrom(0.02, 0.2, 0.7),
    regularization: fc.constantFrom(1, 20, 300),
    seed: fc.nat(1000),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ users, items, density, regularization, seed }) => {
      const events = someEvents(users, items, density, seed)
      const [byUser, byItem] = adjacency(events)
      const inverse = await invertCounts(byItem, byUser, regularization, { threads: 1 })
      const matrix = definition(events, regularization)
      const n = events.items.size
      const condition = conditionOf(matrix, n, regularization)
      const wanted = gaussInverse(matrix, n)
      const off = wanted.map((value, at) => Math.abs(value + inverse.at(Math.floor(at / n), at % n)))
      expect(Math.max(...off) * regularization).toBeLessThan(1e-5 + 2 ** -22 * condition)
    }),
    { numRuns: 12 },
  )
})

test('produces the same bits with one and three threads', async () => {
  const [byUser, byItem] = adjacency(someEvents(120, 200, 0.2, 5))
  const [one, three] = await Promise.all(
    [1, 3].map((threads) => invertCounts(byItem, byUser, 10, { threads })),
  )
  const rows = [one!, three!].map((inverse) =>
    Array.from({ length: 200 }, (_, row) => {
      const values = new Float32Array(200)
      inverse.row(row, 1, values)
      return values
    }),
  )
  expect(rows[1]).toEqual(rows[0])
})

test('rejects a regularization below the precision of float32', async () => {
  const [byUser, byItem] = adjacency(someEvents(20, 150, 0.5, 5))
  await expect(invertCounts(byItem, byUser, 1e-7)).rejects.toThrow('regularization is too small')
})

test('reports progress and stops when aborted', async () => {
  const [byUser, byItem] = adjacency(someEvents(60, 300, 0.2, 5))
  const controller = new AbortController()
  const steps: number[] = []
  const inverting = invertCounts(byItem, byUser, 10, {
    signal: controller.signal,
    onStep: (done) => {
      steps.push(done)
      controller.abort(new Error('cancelled by the user'))
    },
  })
  await expect(inverting).rejects.toThrow('cancelled by the user')
  expect(steps).toEqual([1])
})
