import { expect, test } from 'vitest'
import type { Assessment } from '../api/traces.js'
import { groupAssessments } from './assessment-groups.js'

const one = (assessment_id: string, more: Partial<Assessment> = {}): Assessment => ({
  ...{ assessment_id, assessment_name: 'helpful', valid: true },
  ...more,
})
const ids = (assessments: readonly Assessment[]) =>
  groupAssessments(assessments).map(({ assessment, history }) =>
    [assessment, ...history].map(({ assessment_id }) => assessment_id).join(' < '),
  )

test('puts what an assessment replaced below it, the latest first', () => {
  expect(
    ids([
      one('a', { valid: false }),
      one('b', { valid: false, overrides: 'a' }),
      one('c', { overrides: 'b' }),
      one('x'),
    ]),
  ).toEqual(['c < b < a', 'x'])
})

test('keeps replaced assessments without a successor, and ends in a circle', () => {
  expect(ids([one('a', { valid: false })])).toEqual(['a'])
  expect(ids([one('a', { overrides: 'b' }), one('b', { valid: false, overrides: 'a' })])).toEqual(['a < b'])
})
