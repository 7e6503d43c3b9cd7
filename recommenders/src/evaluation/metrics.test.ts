import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coverage, novelty, userMetrics } from './metrics.js'
import { targetRanks } from './ranking/target-ranks.js'

/** The formulas of `docs/protocols.md`, computed from a ranked list. */
function naiveMetrics(list: number[], relevant: Set<number>, k: number) {
  const top = list.slice(0, k)
  const hitAt = top.map((item) => (relevant.has(item) ? 1 : 0) as number)
  const hits = hitAt.reduce((a, b) => a + b, 0)
  const sum = (count: number, term: (i: number) => number) =>
    Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b, 0)
  const capped = Math.min(k, relevant.size)
  const first = hitAt.indexOf(1)
  return {
    precision: hits / k,
    recall: hits / relevant.size,
    recall_capped: hits / capped,
    ndcg: sum(top.length, (i) => hitAt[i]! / Math.log2(i + 2)) / sum(capped, (i) => 1 / Math.log2(i + 2)),
    hit_rate: hits > 0 ? 1 : 0,
    mrr: first < 0 ? 0 : 1 / (first + 1),
    map: sum(top.length, (i) => hitAt[i]! * (sum(i + 1, (j) => hitAt[j]!) / (i + 1))) / capped,
  }
}

const ranksOf = (scores: Float32Array, targets: number[]) => {
  const mean = new Float64Array(targets.length)
  const pessimistic = new Float64Array(targets.length)
  targetRanks(scores, Int32Array.from(targets), mean, pessimistic)
  return { mean, pessimistic }
}

const targetsOf = (items: number) => fc.uniqueArray(fc.nat(items - 1), { minLength: 1 })
const k = fc.integer({ min: 1, max: 12 })

test('equals the metrics of the ranked list when no scores are tied', () => {
  const permutation = fc.shuffledSubarray([...Array(30).keys()], { minLength: 30 })
  fc.assert(
    fc.property(permutation, targetsOf(30), k, (order, targets, k) => {
      const scores = Float32Array.from(order)
      const list = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)
      const metrics = userMetrics(ranksOf(scores, targets).mean, k)
      const naive = naiveMetrics(list, new Set(targets), k)
      for (const [name, value] of Object.entries(naive))
        expect(metrics[name as keyof typeof metrics], name).toBeCloseTo(value, 12)
    }),
  )
})

const tied = fc.array(fc.constantFrom(0, 1, 2, 3, Number.NEGATIVE_INFINITY, Number.NaN), {
  minLength: 20,
  maxLength: 20,
})

test('ranks a target behind the better candidates and half, or all, of the equal ones', () => {
  fc.assert(
    fc.property(tied, targetsOf(20), (values, targets) => {
      const { mean, pessimistic } = ranksOf(Float32Array.from(values), targets)
      targets.forEach((target, n) => {
        const own = values[target]!
        const better = values.filter((value) => value > own).length
        const equal = values.filter((value) => value === own).length - 1
        const candidate = own > Number.NEGATIVE_INFINITY
        expect(mean[n]).toBe(candidate ? better + equal / 2 : Number.POSITIVE_INFINITY)
        expect(pessimistic[n]).toBe(candidate ? better + equal : Number.POSITIVE_INFINITY)
      })
    }),
  )
})

test('keeps metrics at most 1 with ties, and never higher when ties are lost', () => {
  fc.assert(
    fc.property(tied, targetsOf(20), k, (values, targets, k) => {
      const { mean, pessimistic } = ranksOf(Float32Array.from(values), targets)
      const lucky = userMetrics(mean, k)
      const unlucky = userMetrics(pessimistic, k)
      for (const name of Object.keys(lucky) as (keyof typeof lucky)[]) {
        expect(lucky[name], name).toBeLessThanOrEqual(1 + 1e-12)
        expect(unlucky[name], name).toBeLessThanOrEqual(lucky[name] + 1e-12)
      }
    }),
  )
})

describe('a single target', () => {
  test('has recall equal to hit rate, a tenth of it as precision, and MAP equal to MRR', () => {
    const metrics = userMetrics(Float64Array.of(3), 10)
    expect(metrics).toEqual({
      precision: 0.1,
      recall: 1,
      recall_capped: 1,
      ndcg: 1 / Math.log2(5),
      hit_rate: 1,
      mrr: 0.25,
      map: 0.25,
    })
  })

  test('is a miss at rank k', () => {
    expect(Object.values(userMetrics(Float64Array.of(10), 10))).toEqual([0, 0, 0, 0, 0, 0, 0])
  })
})

test('counts listed items once for coverage and averages their self-information for novelty', () => {
  const lists = Int32Array.of(0, 1, 1, -1)
  expect(coverage(lists, 8)).toBe(0.25)
  expect(novelty(lists, Int32Array.of(4, 2, 2))).toBeCloseTo((1 + 2 + 2) / 3, 12)
})
