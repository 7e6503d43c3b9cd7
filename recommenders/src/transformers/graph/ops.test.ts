import { describe, expect, test } from 'vitest'
import { tiedCrossEntropy } from './cross-entropy.js'
import * as ops from './ops.js'
import { differentiate, type Expression } from './testing/differentiate.js'

const ints = (values: number[], dims = [values.length]) => ({ data: Int32Array.from(values), dims })
const floats = (values: number[], dims = [values.length]) => ({ data: Float32Array.from(values), dims })

const EXPRESSIONS: Record<string, Expression> = {
  'add of equal shapes': {
    parameters: { a: [3, 5], b: [3, 5] },
    build: (g, { a, b }) => ops.add(g, a!, b!),
  },
  'add with a broadcast row': {
    parameters: { a: [3, 5], b: [5] },
    build: (g, { a, b }) => ops.add(g, a!, b!),
  },
  'add with broadcast leading and inner axes': {
    parameters: { a: [2, 3, 5], b: [3, 1] },
    build: (g, { a, b }) => ops.add(g, a!, b!),
  },
  'a value used twice': {
    parameters: { a: [3, 5] },
    build: (g, { a }) => ops.add(g, ops.gelu(g, a!), a!),
  },
  mask: {
    parameters: { a: [2, 3] },
    feeds: { factors: floats([0, 2, 2, 0, 2, 0], [2, 3]) },
    build: (g, { a }, { factors }) => ops.mask(g, a!, factors!),
  },
  'reshape and transpose': {
    parameters: { a: [6, 5] },
    build: (g, { a }) => ops.transpose(g, ops.reshape(g, a!, [2, 3, 5]), [2, 0, 1]),
  },
  linear: {
    parameters: { x: [7, 3], weight: [3, 5], bias: [5] },
    build: (g, { x, weight, bias }) => ops.linear(g, x!, weight!, bias!),
  },
  gelu: { parameters: { x: [3, 7] }, build: (g, { x }) => ops.gelu(g, x!) },
  'layer norm': {
    parameters: { x: [3, 7], gain: [7], bias: [7] },
    build: (g, { x, gain, bias }) => ops.layerNorm(g, x!, gain!, bias!),
  },
  attention: {
    parameters: { q: [2, 1, 5, 3], k: [2, 1, 5, 3], v: [2, 1, 5, 3] },
    feeds: { hidden: floats([0, 0, -1e9, 0, 0], [1, 1, 1, 5]) },
    build: (g, { q, k, v }, { hidden }) => ops.attention(g, [q!, k!, v!], hidden!),
  },
  'attention with dropout': {
    parameters: { q: [1, 3, 2, 5], k: [1, 3, 2, 5], v: [1, 3, 2, 5] },
    feeds: {
      hidden: floats([0, -1e9, 0, 0], [1, 1, 2, 2]),
      dropout: floats([1.5, 1.5, 0, 1.5, 1.5, 0, 1.5, 0, 1.5, 1.5, 1.5, 0], [1, 3, 2, 2]),
    },
    build: (g, { q, k, v }, { hidden, dropout }) => ops.attention(g, [q!, k!, v!], hidden!, dropout),
  },
  unstack: {
    parameters: { a: [3, 2, 5] },
    build: (g, { a }) => {
      const [x, y, z] = ops.unstack(g, a!)
      return ops.add(g, ops.gelu(g, x!), ops.add(g, y!, ops.gelu(g, z!)))
    },
  },
  'embed with repeated ids': {
    parameters: { table: [5, 3] },
    feeds: { ids: ints([4, 1, 4, 0, 1, 4], [2, 3]) },
    build: (g, { table }, { ids }) => ops.embed(g, table!, ids!),
  },
  'pick of distinct rows': {
    parameters: { x: [5, 3] },
    feeds: { ids: ints([3, 0, 4]) },
    build: (g, { x }, { ids }) => ops.pickRows(g, x!, ids!),
  },
  'the last rows of a table': {
    parameters: { table: [7, 3], x: [3, 3] },
    feeds: { 'batch,length.tokens': ints([0, 0, 0], [1, 3]) },
    build: (g, { table, x }) => ops.add(g, x!, ops.reshape(g, ops.lastRows(g, table!, 'length'), [3, 3])),
  },
  'cross entropy against tied rows': {
    parameters: { x: [3, 5], table: [7, 5] },
    feeds: { labels: ints([6, 2, 6]), weights: floats([0.5, 0, 1.5]) },
    build: (g, { x, table }, { labels, weights }) =>
      tiedCrossEntropy(g, x!, { table: table! }, { labels: labels!, weights: weights! }),
  },
  'cross entropy with a bias': {
    parameters: { x: [3, 5], table: [7, 5], bias: [7] },
    feeds: { labels: ints([1, 1, 0]), weights: floats([0.5, 1, 0.25]) },
    build: (g, { x, table, bias }, { labels, weights }) =>
      tiedCrossEntropy(g, x!, { table: table!, bias: bias! }, { labels: labels!, weights: weights! }),
  },
}

describe('gradients equal finite differences', () => {
  test.each(Object.entries(EXPRESSIONS))('of %s', async (_, expression) => {
    for (const [name, { analytic, numeric }] of await differentiate(expression)) {
      const scale = Math.max(1, ...numeric.map(Math.abs))
      const worst = Math.max(...analytic.map((value, at) => Math.abs(value - numeric[at]!))) / scale
      expect(worst, `of ${name}`).toBeLessThan(2e-3)
      expect(Math.max(...analytic.map(Math.abs)), `of ${name}`).toBeGreaterThan(0.01)
    }
  })
})
