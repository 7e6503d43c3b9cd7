import { expect, test } from 'vitest'
import { toTableData } from './statement-table.js'

const column = (name: string, type_name: string) => ({ name, position: 0, type_name, type_text: type_name })

test('numbers of a result are sorted and aligned as numbers, exact beyond the range of doubles', () => {
  const data = toTableData({
    manifest: {
      format: 'JSON_ARRAY',
      schema: {
        column_count: 5,
        columns: [
          column('n', 'LONG'),
          column('price', 'DECIMAL'),
          column('title', 'STRING'),
          column('x', 'DOUBLE'),
          column('sum', 'DECIMAL'),
        ],
      },
      ...{ total_chunk_count: 1, total_row_count: 2, chunks: [], truncated: false },
    },
    rows: [
      ['1', '1.25', '10', 'Infinity', '12345678901234567890123'],
      ['9007199254740993', null, null, '0.5', '-7'],
    ],
  })
  expect(data.columns).toEqual(['n', 'price', 'title', 'x', 'sum'])
  expect(data.rows).toEqual([
    [1, 1.25, '10', Number.POSITIVE_INFINITY, 12345678901234567890123n],
    [9007199254740993n, null, null, 0.5, -7],
  ])
})
