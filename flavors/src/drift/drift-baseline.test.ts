import { expect, test } from 'vitest'
import { type DriftBaseline, formatDriftBaseline, parseDriftBaseline } from './drift-baseline.js'

const baseline: DriftBaseline = {
  top_scores: [0.5, -1],
  items: [[1, 'tt2'], []],
  popular: ['tt2'],
  catalogue: 12,
}

test('is read as it was written', () => {
  expect(parseDriftBaseline(formatDriftBaseline(baseline))).toEqual(baseline)
})

test.each([
  ['{', 'JSON'],
  ['null', 'object'],
  ['{}', 'cairn.drift_baseline'],
  [formatDriftBaseline({ ...baseline, top_scores: [] }), "'top_scores'"],
  [formatDriftBaseline({ ...baseline, top_scores: [Number.NaN] }), "'top_scores'"],
  [formatDriftBaseline({ ...baseline, items: [[1.5]] }), "'items'"],
  [formatDriftBaseline({ ...baseline, items: [Array(11).fill(1)] }), "'items'"],
  [formatDriftBaseline({ ...baseline, popular: {} as never }), "'popular'"],
  [formatDriftBaseline({ ...baseline, catalogue: 0 }), "'catalogue'"],
])('%s is refused by name', (text, named) => {
  expect(() => parseDriftBaseline(text)).toThrow(named)
})
