import { describe, expect, test } from 'vitest'
import type { BoosterData } from './booster-data.js'
import type { BoosterParams } from './parameters.js'
import { boostInThread, predictRow } from './testing/boost-in-thread.js'
import { binary, ranking } from './testing/tables.js'

const nothing = Number.NaN

const CASES: Readonly<Record<string, [BoosterData, Partial<BoosterParams>]>> = {
  'one row': [{ rows: new Float32Array([1]), features: 1, labels: [1] }, {}],
  'nothing but missing values': [
    {
      rows: new Float32Array(40).fill(nothing),
      features: 4,
      labels: Array.from({ length: 10 }, (_, n) => n % 2),
    },
    {},
  ],
  'one value': [
    { rows: new Float32Array(10), features: 1, labels: Array.from({ length: 10 }, (_, n) => n % 2) },
    {},
  ],
  'one class': [{ ...binary({ rows: 50 }), labels: Array(50).fill(1) }, {}],
  'an absent class': [
    { ...binary({ rows: 50 }), labels: Array(50).fill(2) },
    { objective: 'multi:softprob', num_class: 4 },
  ],
  'a sample without rows': [binary({ rows: 3 }), { subsample: 0.001 }],
  'a sample of nearly all rows': [binary({ rows: 50 }), { subsample: 1 - 1e-12, min_child_weight: 0 }],
  'rows without weight': [
    { ...binary({ rows: 50 }), weights: [1, ...Array(49).fill(0)] },
    { min_child_weight: 0 },
  ],
  'no penalty': [binary({ rows: 50 }), { lambda: 0, min_child_weight: 0, max_depth: 10 }],
  'groups without rows, of one row and of equal rows': [
    {
      ...ranking({ rows: 50, group: 50 }),
      groups: [0, 1, 29, 0, 20],
      labels: [...Array(40).fill(1), ...Array(10).fill(0)],
    },
    { objective: 'rank:ndcg', min_child_weight: 0 },
  ],
  'two bins': [binary({ rows: 200 }), { max_bin: 2 }],
  'the largest numbers': [
    { rows: new Float32Array([-3.4e38, 3.4e38, -3.4e38, 3.4e38]), features: 1, labels: [0, 1, 0, 1] },
    { min_child_weight: 0 },
  ],
}

describe('degenerate data', () => {
  test.each(Object.keys(CASES))('%s: trains finite trees that predict', (name) => {
    const [data, overrides] = CASES[name]!
    const { trees } = boostInThread(data, { num_boost_round: 3, ...overrides })
    for (const tree of trees) {
      expect([...tree.condition, ...tree.weight, ...tree.hessian, ...tree.gain].every(Number.isFinite)).toBe(
        true,
      )
      for (let row = 0; row < data.labels.length; row++)
        expect(predictRow(tree, data.rows.subarray(row * data.features))).toSatisfy(Number.isFinite)
    }
  })

  test('separates the two largest numbers', () => {
    const [data, overrides] = CASES['the largest numbers']!
    const [tree] = boostInThread(data, overrides).trees
    expect(predictRow(tree!, [3.4e38])).toBeGreaterThan(0)
    expect(predictRow(tree!, [-3.4e38])).toBeLessThan(0)
  })
})
