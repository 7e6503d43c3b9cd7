import { expect, test } from 'vitest'
import { conditionFrom } from './alert-condition.js'

test('rules take the options of one condition', () => {
  expect(conditionFrom('experiment', { metric: 'loss', above: 2 })).toEqual({
    ...{ kind: 'metric_threshold', metric_key: 'loss', comparison: 'above', threshold: 2 },
  })
  expect(conditionFrom('experiment', { metric: 'ndcg', below: 0 })).toEqual({
    ...{ kind: 'metric_threshold', metric_key: 'ndcg', comparison: 'below', threshold: 0 },
  })
  expect(conditionFrom('experiment', { stalled: 5 })).toEqual({ kind: 'run_stalled', minutes: 5 })
  expect(conditionFrom('job', {})).toEqual({ kind: 'job_failed' })
})

test.each([
  [{ above: 2 }, /^--above: pass --metric too/],
  [{ below: 2, stalled: 5 }, /^--below: pass --metric too/],
  [{ metric: 'loss' }, /^--metric: pass --above or --below too/],
  [{ metric: 'loss', above: 2, stalled: 5 }, /two conditions/],
] as const)('rules are refused for %j', (options, message) => {
  expect(() => conditionFrom('experiment', options)).toThrow(message)
})
