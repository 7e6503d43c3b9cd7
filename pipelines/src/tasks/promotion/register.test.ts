import { expect, test } from 'vitest'
import type { TaskValues } from '../../task-kinds/task.js'
import { bestCandidate, candidatesOf, rankCandidates } from './register.js'

const model = (run_id: string, values: TaskValues = {}) => ({
  ...{ run_id, model_id: `m-${run_id}`, ndcg_at_10: 0.1, leak_flags: [], protocol: 'p1' },
  ...values,
})
const flagged = { leak_flags: ['impossible'] }
const rank = (...values: TaskValues[]) => rankCandidates(candidatesOf(values))
const order = (...values: TaskValues[]) => rank(...values).map(({ run_id }) => run_id)

test('orders models by the cost of serving, the cheapest first, then by NDCG', () => {
  const costly = model('a', { serving_cpu_ms: 4, ndcg_at_10: 0.9 })
  const cheap = model('b', { serving_cpu_ms: 0.5, ndcg_at_10: 0.2 })
  expect(order(costly, cheap)).toEqual(['b', 'a'])
  expect(order(model('a', { ndcg_at_10: 0.3 }), model('b', { ndcg_at_10: 0.2 }))).toEqual(['b', 'a'])
  expect(order(model('unmeasured'), costly)).toEqual(['a', 'unmeasured'])
})

test('orders flagged models first, and names one as the best only if all are flagged', () => {
  const best = (...values: TaskValues[]) => bestCandidate(rank(...values)).run_id
  const impossible = model('b', { ...flagged, ndcg_at_10: 0.9, serving_cpu_ms: 9 })
  const honest = model('a', { serving_cpu_ms: 1 })
  expect(order(honest, impossible)).toEqual(['b', 'a'])
  expect(best(honest, impossible)).toBe('a')
  expect(best(impossible)).toBe('b')
  expect(best(honest, model('c', { ndcg_at_10: 0.2, serving_cpu_ms: 0.1 }))).toBe('c')
})

test('rejects models of two protocols, none at all, and runs of no upstream task', () => {
  expect(() => order(model('a'), model('b', { protocol: 'p2' }))).toThrow('p1 and p2 cannot be compared')
  expect(() => order({ verdict: 'passed' })).toThrow('No upstream task logged a model')
  expect(() => candidatesOf([model('a')], ['b'])).toThrow("no upstream task logged a model in run 'b'")
  expect(candidatesOf([model('a'), model('b')], ['b'])).toEqual([model('b')])
})
