import { spawnSync } from 'node:child_process'
import { randomStream } from '@cairn/platform/statistics/random'
import { beforeAll, describe, expect, test } from 'vitest'
import { divergenceNoise } from './divergence-noise.js'
import { gini, itemDrift, jensenShannon, totalOf } from './item-drift.js'
import {
  distanceNoise,
  indexNoise,
  quantileEdges,
  scoreDrift,
  smirnovDistance,
  stabilityIndex,
} from './score-drift.js'

const counts = (...values: number[]) => new Map(values.map((count, item) => [String(item), count]))
const sample = (seed: number, size: number, shift = 0, digits = 2) => {
  const uniform = randomStream(seed)
  return Array.from({ length: size }, () => Number((uniform() ** 2 + shift).toFixed(digits))).sort(
    (a, b) => a - b,
  )
}

describe('scores', () => {
  test('computes the index of a worked example, with half a count in each bin', () => {
    // p = (10.5, 20.5) / 31, q = (20.5, 10.5) / 31
    expect(stabilityIndex([10, 20], [20, 10])).toBeCloseTo(2 * (10 / 31) * Math.log(20.5 / 10.5), 12)
    expect(stabilityIndex([5, 5], [50, 50])).toBe(0)
    expect(stabilityIndex([10, 0], [0, 10])).toBeLessThan(Number.POSITIVE_INFINITY)
  })

  test('computes the distance of a worked example', () => {
    expect(smirnovDistance([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5)
    expect(smirnovDistance([1, 1, 1], [1, 1])).toBe(0)
    expect(smirnovDistance([1, 2], [3])).toBe(1)
  })

  test('bins are the deciles of the baseline, fewer where values repeat', () => {
    expect(quantileEdges(Array.from({ length: 100 }, (_, n) => n + 1))).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 90,
    ])
    expect(quantileEdges([0, 0, 0, 0, 0, 0, 0, 0, 1, 2])).toEqual([0, 1])
    expect(quantileEdges([7, 7, 7])).toEqual([])
    const { bins, psi, ks } = scoreDrift([7, 7, 7], [7, 7])
    expect([bins, psi, ks]).toEqual([[{ baseline: 1, now: 1 }], 0, 0])
  })

  test('bins cover all scores, and a value on an edge belongs to the bin below', () => {
    const { bins } = scoreDrift([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 1, 5, 11])
    expect(bins.map(({ now }) => now)).toEqual([0.5, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25])
    expect(bins[0]).toEqual({ upTo: 1, baseline: 0.1, now: 0.5 })
    expect(bins[9]).toEqual({ above: 9, baseline: 0.1, now: 0.25 })
  })

  test('without a shift the figures exceed their noise in about 5 % of samples', () => {
    const baseline = sample(1, 500, 0, 9)
    let [psi, ks] = [0, 0]
    for (let seed = 2; seed < 402; seed++) {
      const drift = scoreDrift(sample(seed + 1000, 500, 0, 9), sample(seed, 300, 0, 9))
      if (drift.psi > drift.psiNoise) psi++
      if (drift.ks > drift.ksNoise) ks++
    }
    expect(psi).toBeGreaterThan(4)
    expect(psi).toBeLessThan(40)
    expect(ks).toBeGreaterThan(4)
    expect(ks).toBeLessThan(40)
    const shifted = scoreDrift(baseline, sample(9, 300, 0.2, 9))
    expect(shifted.psi).toBeGreaterThan(0.25)
    expect(shifted.ks).toBeGreaterThan(shifted.ksNoise)
  })
})

describe('items', () => {
  test('computes the Gini coefficient of worked examples', () => {
    expect(gini([5, 5, 5, 5], 4)).toBe(0)
    expect(gini([8], 4)).toBe(0.75)
    expect(gini([1, 3], 2)).toBe(0.25)
  })

  test('the divergence is 0 for equal shares and 1 for other items', () => {
    expect(jensenShannon(counts(1, 2), counts(10, 20))).toBeCloseTo(0, 12)
    expect(jensenShannon(new Map([['a', 3]]), new Map([['b', 5]]))).toBe(1)
  })

  test('the larger sample is reduced, so that more recommendations do not look like more coverage', () => {
    const baseline = new Map(Array.from({ length: 400 }, (_, item) => [String(item), 10]))
    const now = new Map(Array.from({ length: 400 }, (_, item) => [String(item), 1]))
    const drift = itemDrift(baseline, now, { popular: new Set(['0', '1']), size: 1000 })
    expect(totalOf(now)).toBe(400)
    expect(drift.now.coverage).toBe(0.4)
    // 400 of 4,000 leave about (1 − 0.9^10) of the items.
    expect(drift.baseline.coverage).toBeGreaterThan(0.22)
    expect(drift.baseline.coverage).toBeLessThan(0.3)
    expect(drift.baseline.popularShare).toBe(0.005)
    expect(drift.now.popularShare).toBe(0.005)
    expect(itemDrift(baseline, now, { popular: new Set(), size: 1000 }).divergence).toBe(drift.divergence)
  })

  test.each([
    ['a few items', 8, 0.5],
    ['some often and most seldom recommended items', 400, 4],
    ['hardly any item twice', 20_000, 1],
  ])(
    'without a shift, samples of %s exceed the noise of the divergence in about 5 %% of cases',
    (_, items, skew) => {
      const recommended = (seed: number, moved = 0) => {
        const uniform = randomStream(seed)
        const found = new Map<string, number>()
        for (let n = 0; n < 400; n++) {
          const item = String(Math.floor(items * uniform() ** skew) + (n < moved ? items : 0))
          found.set(item, (found.get(item) ?? 0) + 1)
        }
        return found
      }
      let exceeded = 0
      for (let seed = 0; seed < 200; seed++) {
        const [a, b] = [recommended(seed), recommended(seed + 1000)]
        if (jensenShannon(a, b) > divergenceNoise(a, b)) exceeded++
      }
      expect(exceeded).toBeGreaterThan(1)
      expect(exceeded).toBeLessThan(22)
      const [a, b] = [recommended(1), recommended(2, 133)] // a third are other items
      expect(jensenShannon(a, b)).toBeGreaterThan(divergenceNoise(a, b))
    },
  )

  test('samples of one item, and empty ones, have no noise', () => {
    expect(divergenceNoise(counts(500), counts(500))).toBeLessThan(0.01)
    expect(divergenceNoise(new Map(), new Map())).toBe(0)
  })
})

const python = process.env.TEST_PYTHON
const FIND_SCIPY = 'from importlib.util import find_spec; assert find_spec("scipy")'
const hasScipy = python !== undefined && spawnSync(python, ['-c', FIND_SCIPY]).status === 0

const ORACLE = `
import json, sys
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
def of(a, b, x, y):
  edges = np.unique(np.quantile(a, np.arange(1, 10) / 10, method='inverted_cdf'))
  edges = edges[edges < a.max()]
  cut = [-np.inf, *edges, np.inf]
  count = lambda v: np.array([((v > l) & (v <= h)).sum() for l, h in zip(cut, cut[1:])])
  p, q = ((count(v) + .5) / (len(v) + .5 * (len(edges) + 1)) for v in (a, b))
  n = len(x)
  return {
    'psi': float(((q - p) * np.log(q / p)).sum()),
    'psiNoise': float(stats.chi2.ppf(.95, len(edges)) * (1 / len(a) + 1 / len(b))),
    'ks': float(stats.ks_2samp(a, b).statistic),
    'ksNoise': float(stats.kstwobign.ppf(.95) * np.sqrt(1 / len(a) + 1 / len(b))),
    'js': float(jensenshannon(x, y, base=2) ** 2),
    'gini': float(np.abs(np.subtract.outer(x, x)).sum() / (2 * n * x.sum())),
  }
print(json.dumps([of(*(np.array(v, dtype=float) for v in one)) for one in json.load(sys.stdin)]))`
type Wanted = Record<'psi' | 'psiNoise' | 'ks' | 'ksNoise' | 'js' | 'gini', number>

describe.skipIf(!hasScipy)('matches scipy', () => {
  const samples = [
    [sample(1, 500), sample(2, 300)],
    [sample(3, 500), sample(4, 1000, 0.1)],
    [sample(5, 200, 0, 1), sample(6, 200, 0.3, 1)],
  ] as const
  const x = sample(7, 40).map((value) => Math.round(value * 50))
  const y = sample(8, 40).map((value) => Math.round(value * 9))
  let answers: Wanted[]
  beforeAll(() => {
    const input = JSON.stringify(samples.map(([a, b]) => [a, b, x, y]))
    const { stdout, stderr } = spawnSync(python!, ['-c', ORACLE], { input, encoding: 'utf8' })
    expect(stderr).toBe('')
    answers = JSON.parse(stdout)
  })

  test.each(samples.map(([a, b], at) => [at, a, b] as const))('of sample %i', (at, a, b) => {
    const wanted = answers[at]!
    const { psi, psiNoise, ks, ksNoise } = scoreDrift(a, b)
    expect(psi).toBeCloseTo(wanted.psi, 10)
    expect(ks).toBeCloseTo(wanted.ks, 10)
    expect(psiNoise / wanted.psiNoise).toBeCloseTo(1, 1)
    expect(ksNoise / wanted.ksNoise).toBeCloseTo(1, 3)
    expect(jensenShannon(counts(...x), counts(...y))).toBeCloseTo(wanted.js, 10)
    expect(gini(x.filter(Boolean), x.length)).toBeCloseTo(wanted.gini, 10)
    expect(indexNoise(1, 10, 10)).toBe(0)
    expect(distanceNoise(100, 100)).toBeCloseTo(0.192, 3)
  })
})
