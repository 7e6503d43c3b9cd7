import { expect, test } from 'vitest'
import { matchingHits } from './items.js'

test('hits of an earlier text stay if their names contain each word of the later one', () => {
  const hits = [
    { kind: 'experiment', id: '1', name: 'Orca films' },
    { kind: 'model', id: 'orca', name: 'orca' },
  ] as const
  expect(matchingHits(hits, 'FIL orc').map(({ id }) => id)).toEqual(['1'])
  expect(matchingHits([{ kind: 'run', id: 'abcdef', name: 'elk' }], 'ABcd')).toHaveLength(1)
  expect(matchingHits(hits, 'zebra')).toEqual([])
})
