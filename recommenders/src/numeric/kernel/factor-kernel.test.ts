import { normalStream } from '@cairn/platform/statistics/random'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Arena, doubles, floats, ints } from './arena.js'
import { compileFactorKernel, startFactorKernel } from './factor-kernel.js'
import { fillPanels, wholePanels } from './panels.js'

const module = compileFactorKernel()

test('computes the Gram matrix as the sum of outer products, across chunks of rows', () => {
  const [rows, stride] = [700, 24]
  const arena = new Arena()
  const matrix = arena.reserve(rows * stride * 4)
  const out = arena.reserve(stride * stride * 8)
  const memory = arena.allocate()
  const values = floats(memory, matrix, rows * stride)
  values.set(values.map(normalStream(1)))
  startFactorKernel(module, memory).gram(matrix, rows, stride, out)
  const gram = doubles(memory, out, stride * stride)
  for (let a = 0; a < stride; a++)
    for (let b = a; b < stride; b++) {
      let sum = 0
      for (let row = 0; row < rows; row++) sum += values[row * stride + a]! * values[row * stride + b]!
      expect(gram[a * stride + b]).toBeCloseTo(sum, 3)
    }
})

test.each([
  [1, 8],
  [5, 30],
  [64, 11],
])('computes dot products of %i dimensions for each user and item', (dimensions, items) => {
  const width = wholePanels(items)
  const arena = new Arena()
  const users = arena.reserve(4 * dimensions * 4)
  const panels = arena.reserve(width * dimensions * 4)
  const out = arena.reserve(4 * width * 4)
  const memory = arena.allocate()
  const normal = normalStream(2)
  const vectors = floats(memory, users, 4 * dimensions)
  vectors.set(vectors.map(normal))
  const factors = new Float32Array(items * dimensions).map(normal)
  fillPanels(factors, dimensions, floats(memory, panels, width * dimensions))
  startFactorKernel(module, memory).score(users, panels, width, dimensions, out, width)
  const scores = floats(memory, out, 4 * width)
  for (let user = 0; user < 4; user++)
    for (let item = 0; item < items; item++) {
      let sum = 0
      for (let k = 0; k < dimensions; k++)
        sum += vectors[user * dimensions + k]! * factors[item * dimensions + k]!
      expect(scores[user * width + item]).toBeCloseTo(sum, 4)
    }
})

const tied = fc.array(
  fc.constantFrom(0, 1, 2, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN),
  {
    minLength: 1,
    maxLength: 40,
  },
)

/** A kernel with scores in its memory and room for the output. */
function loadScores(values: readonly number[]) {
  const arena = new Arena()
  const scores = arena.reserve(values.length * 4)
  const out = arena.reserve(64 * 4)
  const memory = arena.allocate()
  floats(memory, scores, values.length).set(values)
  return { kernel: startFactorKernel(module, memory), scores, out, output: ints(memory, out, 64) }
}

test('sorts the top k by score, then by index, and skips NaN', () => {
  fc.assert(
    fc.property(tied, fc.integer({ min: 1, max: 12 }), (values, k) => {
      const { kernel, scores, out, output } = loadScores(values)
      const found = kernel.top(scores, values.length, k, out)
      const expected = values
        .map((score, index) => ({ score, index }))
        .filter(({ score }) => score > Number.NEGATIVE_INFINITY)
        .sort((a, b) => (a.score === b.score ? a.index - b.index : b.score - a.score))
        .slice(0, k)
      expect([...output.subarray(0, found)]).toEqual(expected.map(({ index }) => index))
    }),
  )
})

test('counts scores above and equal to a mark', () => {
  fc.assert(
    fc.property(tied, fc.constantFrom(0, 1, 2, 3), (values, mark) => {
      const { kernel, scores, out, output } = loadScores(values)
      kernel.count(scores, values.length, mark, out)
      expect([output[0], output[1]]).toEqual([
        values.filter((value) => value > mark).length,
        values.filter((value) => value === mark).length,
      ])
    }),
  )
})

test('rejects more than 4 GiB before allocating', () => {
  const arena = new Arena()
  arena.reserve(5e9)
  expect(() => arena.allocate()).toThrow('the maximum is 4 GiB')
})
