import { expect, test } from 'vitest'
import { TaskRegistry } from '../engine/registry.js'
import { checkSettings } from '../jobs/check-settings.js'
import { demoJob } from './demo-job.js'
import { importJob } from './import-job.js'
import { rankCandidates } from './promotion/register.js'
import { TASKS } from './tasks.js'

test('builds jobs that pass validation', () => {
  const registry = new TaskRegistry(TASKS)
  checkSettings(demoJob(), registry)
  checkSettings(demoJob({ source: 'ml-32m.zip' }), registry)
  checkSettings(importJob({ source: 'ml-1m.zip', schema: 'main.movielens', imdb: 'imdb' }), registry)
})

test('ranks models under one protocol, the best last, and flagged ones first', () => {
  const model = (run_id: string, ndcg_at_10: number, leak_flags: unknown[] = [], protocol = 'p1') => ({
    run_id,
    model_id: `m-${run_id}`,
    ndcg_at_10,
    leak_flags,
    protocol,
  })
  const order = (values: Parameters<typeof rankCandidates>[0]) =>
    rankCandidates(values).map(({ run_id }) => run_id)
  expect(order([model('b', 0.2), model('a', 0.1)])).toEqual(['a', 'b'])
  expect(order([model('a', 0.1), model('b', 0.9, ['impossible'])])).toEqual(['b', 'a'])
  expect(order([model('b', 0.9, ['impossible']), { verdict: 'passed' }])).toEqual(['b'])

  expect(() => rankCandidates([model('a', 0.1), model('b', 0.2, [], 'p2')])).toThrow(
    'p1 and p2 cannot be compared',
  )
  expect(() => rankCandidates([])).toThrow('No upstream task logged a model')
})
