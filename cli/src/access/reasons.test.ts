import type { Reason } from '@cairn/platform/protocol/cairn/access-review'
import { expect, test } from 'vitest'
import { listOfReasons } from './reasons.js'

const owner: Reason = {
  privilege: 'OWNER',
  securable_type: 'catalog',
  securable: 'main',
  holder: 'ada',
  groups: [],
}

test('lists each reason once, with the groups between', () => {
  const granted: Reason = {
    ...owner,
    privilege: 'SELECT',
    securable_type: 'schema',
    groups: ['search', 'all'],
  }
  expect(listOfReasons([owner, { ...owner }, granted, owner])).toBe(
    'OWNER on catalog main; SELECT on schema main via search > all',
  )
  expect(listOfReasons([])).toBe('')
})
