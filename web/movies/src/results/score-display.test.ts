import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barsOf, formatScore } from './score-display.js'

test('scales bars to the best score', () => {
  expect(barsOf([4, 2, 0, -1])).toEqual([1, 0.5, 0, 0])
  expect(barsOf([])).toEqual([])
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (scores) => {
      const bars = barsOf(scores)
      expect(bars.every((bar) => bar >= 0 && bar <= 1)).toBe(true)
      for (const [i, a] of scores.entries())
        for (const [j, b] of scores.entries()) if (a > b) expect(bars[i]).toBeGreaterThanOrEqual(bars[j]!)
    }),
  )
})

test('formats scores in the UI language', () => {
  expect([
    formatScore(0.83251, 'en'),
    formatScore(321, 'en'),
    formatScore(0, 'en'),
    formatScore(12345, 'ko'),
  ]).toEqual(['0.833', '321', '0.000', '12,345'])
})
