import { expect, test } from 'vitest'
import { queryOf } from './audit-query.js'

test('filters of the address become a query, and what is not valid is left out', () => {
  expect(queryOf({})).toEqual({})
  expect(queryOf({ outcome: 'perhaps', from: 'yesterday', to: '' })).toEqual({})
  expect(
    queryOf({
      principal: 'ada',
      type: 'experiment',
      object: 'movies',
      outcome: 'denied',
      from: '2026-11-29T08:00',
    }),
  ).toEqual({
    ...{ principal: 'ada', object_type: 'experiment', securable: 'movies', outcome: 'denied' },
    start_time: new Date(2026, 10, 29, 8).getTime(),
  })
})
