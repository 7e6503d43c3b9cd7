import { expect, test } from 'vitest'
import type { TraceInfo } from '../api/traces.js'
import { compareScorers, isChanged, matchRows } from './compare-rows.js'
import { isFailure, scoresOf, summarize } from './scores.js'

const trace = (question: string, correct: unknown, score = 1, run = 'r'): TraceInfo => ({
  ...{
    trace_id: `tr-${question}-${run}`,
    trace_location: {},
    request_preview: `{"question": "${question}"}`,
  },
  assessments: [
    {
      assessment_name: 'correct',
      feedback: { value: correct },
      metadata: { 'mlflow.assessment.sourceRunId': run },
    },
    { assessment_name: 'score', feedback: { value: score } },
    { assessment_name: 'film', expectation: { value: 'Heat' } },
  ],
})

test('takes the feedback of the run, and that without a run', () => {
  expect([...scoresOf(trace('a', true), 'r').keys()]).toEqual(['correct', 'score'])
  expect([...scoresOf(trace('a', true), 'other').keys()]).toEqual(['score'])
})

test('summarizes yes and no as a rate with Wilson’s interval, numbers as a mean', () => {
  const rows = [trace('a', true, 1), trace('b', 'yes', 2), trace('c', 'no', 3)].map((one) =>
    scoresOf(one, 'r'),
  )
  const [correct, score] = summarize(rows)
  expect(correct).toMatchObject({ kind: 'rate', passed: 2, count: 3, value: 2 / 3 })
  // statsmodels.stats.proportion.proportion_confint(2, 3, method='wilson')
  expect([correct!.low, correct!.high]).toEqual([expect.closeTo(0.2077, 4), expect.closeTo(0.9385, 4)])
  expect(score).toMatchObject({
    kind: 'mean',
    value: 2,
    count: 3,
    low: expect.closeTo(2 - 1.959964 / Math.sqrt(3), 6),
  })
})

test('counts a scorer that failed as a failure without a value', () => {
  const failed = { assessment_name: 'correct', feedback: { error: { error_code: 'ValueError' } } }
  expect(isFailure(failed)).toBe(true)
  expect(summarize([new Map([['correct', failed]])])[0]).toMatchObject({ kind: 'none', count: 0, failed: 1 })
})

test('compares rows with the same inputs, whatever their order', () => {
  const here = ['a', 'b', 'c', 'd', 'e', 'f'].map((question) => trace(question, true))
  const there = ['f', 'e', 'd', 'c', 'b', 'x'].map((question) => trace(question, false, 1, 's'))
  const rows = matchRows(here, 'r', there, 's')
  expect(rows.map(({ other }) => other?.trace.trace_id)).toEqual([
    undefined,
    'tr-b-s',
    'tr-c-s',
    'tr-d-s',
    'tr-e-s',
    'tr-f-s',
  ])
  const [correct, score] = compareScorers(rows)
  expect(correct).toMatchObject({ pairs: 5, difference: 1, p: expect.closeTo(0.125, 10) })
  expect(score).toMatchObject({ pairs: 5, difference: 0, p: 1 })
  expect(rows.map(isChanged)).toEqual([false, true, true, true, true, true])
})
