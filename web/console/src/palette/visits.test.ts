import { expect, test, vi } from 'vitest'
import { recentVisits, recordVisit } from './visits.js'

test('the next user of a tab sees no visits of another', () => {
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  recordVisit('ann', '/reports/1', 'Secret')
  recordVisit('ann', '/jobs', 'Jobs')
  recordVisit(undefined, '/reports/2', 'Unknown')
  expect(recentVisits('ann')).toEqual([{ kind: 'report', path: '/reports/1', title: 'Secret' }])
  for (const other of ['bob', '', undefined]) expect(recentVisits(other)).toEqual([])
  recordVisit('bob', '/reports/3', 'Mine')
  expect(recentVisits('ann')).toEqual([])
  for (const broken of ['{', '[]', 'null', '{"visits":3}']) {
    kept.set('cairn.visits', broken)
    expect(recentVisits('bob')).toEqual([])
  }
})
