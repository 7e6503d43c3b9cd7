import { expect, test } from 'vitest'
import { queryRowsOf } from './query-rows.js'

test('has the cells of each row in the order of the columns, as text', () => {
  const rows = [
    { trips: 42, city: 'Seoul' },
    { city: null, trips: [1, null] },
  ]
  expect(queryRowsOf({ columns: ['city', 'trips'], rows, row_count: 2, truncated: true })).toEqual({
    columns: ['city', 'trips'],
    rows: [
      ['Seoul', '42'],
      ['', '[1,null]'],
    ],
    isTruncated: true,
  })
})

test('other values are no result of a query', () => {
  expect(queryRowsOf({ rows: 3 })).toBeUndefined()
})
