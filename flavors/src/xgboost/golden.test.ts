import { describe, expect, test } from 'vitest'
import { readXgboost } from './read.js'
import { XgboostScorer } from './scorer.js'
import { goldenFiles, readGolden, ulps } from './testing/golden.js'
import { xgboostJson, xgboostUbj } from './write.js'

describe.each(goldenFiles)('%s of XGBoost 3.0', (name) => {
  const { bytes, values, expected } = readGolden(name)
  const model = readXgboost(bytes, name)
  const scorer = new XgboostScorer(model)

  test('has the same leaves, bit-identical margins, and predictions within one ulp', () => {
    expect([...scorer.leaves(values)]).toEqual(expected.leaves.flat())
    expect(scorer.margins(values)).toEqual(Float32Array.from(expected.margin.flat()))
    const predicted = scorer.predict(values)
    const distances = expected.predicted.flat().map((value, at) => ulps(Math.fround(value), predicted[at]!))
    expect(distances).toHaveLength(predicted.length)
    expect(Math.max(...distances)).toBeLessThanOrEqual(1)
  })

  test('round-trips: byte-identical in UBJSON, equal numbers in JSON', () => {
    const written = xgboostUbj(model)
    if (name.endsWith('.ubj')) expect(Buffer.compare(written, bytes)).toBe(0)
    const again = readXgboost(Buffer.from(xgboostJson(model)), 'again.json')
    expect(Buffer.compare(xgboostUbj(again), written)).toBe(0)
  })

  test('scores single rows like a batch', () => {
    const { features, outputs } = scorer
    const all = scorer.margins(values)
    for (let row = 0; row < 25; row++)
      expect(scorer.margins(values.slice(row * features, (row + 1) * features))).toEqual(
        all.slice(row * outputs, (row + 1) * outputs),
      )
  })
})
