import { describe, expect, test } from 'vitest'
import { calibrationCurve, cornersOf, precisionRecallCurve, rocCurve } from './classifier-statistics.js'

// Expected numbers are those of scikit-learn 1.9 for the same rows.
const labels = [0, 0, 1, 1, 0, 1, 1, 0, 1, 0].map(Boolean)
const scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.9, 0.65, 0.2, 0.55, 0.7]
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12))

describe('curves of a classifier', () => {
  test('ROC has the points, thresholds and area of scikit-learn', () => {
    const { xs, ys, thresholds, summary } = rocCurve(labels, scores)!
    expect(xs).toEqual(close([0, 0, 0.2, 0.2, 0.6, 0.6, 1]))
    expect(ys).toEqual(close([0, 0.4, 0.4, 0.8, 0.8, 1, 1]))
    expect(thresholds).toEqual([Number.POSITIVE_INFINITY, 0.8, 0.7, 0.55, 0.4, 0.35, 0.1])
    expect(summary).toBeCloseTo(0.8, 12)
  })

  test('precision–recall has the average precision of scikit-learn', () => {
    const { xs, ys, summary } = precisionRecallCurve(labels, scores)!
    expect(xs.at(-1)).toBe(1)
    expect([...xs.keys()].map((i) => [xs[i], ys[i]])).toContainEqual(close([0.8, 0.8]))
    expect(ys.at(-1)).toBeCloseTo(0.5, 12)
    expect(summary).toBeCloseTo(0.835, 12)
  })

  test('calibration has the bins of scikit-learn and the Brier score', () => {
    const { xs, ys, counts, summary } = calibrationCurve(labels, scores)!
    expect(xs).toEqual(close([0.1, 0.2, 0.383_333_333_333_333_3, 0.55, 0.675, 0.8, 0.9]))
    expect(ys).toEqual(close([0, 0, 1 / 3, 1, 0.5, 1, 1]))
    expect(counts).toEqual([1, 1, 3, 1, 2, 1, 1])
    expect(summary).toBeCloseTo(0.165_75, 12)
  })

  test('equal scores are one step, in any order of rows', () => {
    const shuffled = [...labels.keys()].reverse()
    const other = rocCurve(
      shuffled.map((i) => labels[i]!),
      shuffled.map((i) => scores[i]!),
    )
    expect(other).toEqual(rocCurve(labels, scores))
    const same = rocCurve([true, false, true], [0.5, 0.5, 0.5])!
    expect([same.xs, same.ys, same.summary]).toEqual([[0, 1], [0, 1], 0.5])
  })

  test('nothing is drawn of one label, or of scores that are not probabilities', () => {
    expect(rocCurve([true, true], [0.1, 0.2])).toBeUndefined()
    expect(precisionRecallCurve([false], [0.1])).toBeUndefined()
    expect(calibrationCurve([true, false], [-2, 3])).toBeUndefined()
  })

  test('many points are thinned to at most 1,000 without moving the ends', () => {
    const xs = Array.from({ length: 50_001 }, (_, i) => i / 50_000)
    const thin = cornersOf({ xs, ys: xs.map((x) => Math.sqrt(x)), thresholds: [] })
    expect(thin.xs.length).toBeLessThanOrEqual(1_001)
    expect([thin.xs[0], thin.xs.at(-1)]).toEqual([0, 1])
  })
})
