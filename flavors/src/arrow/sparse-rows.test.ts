import { expect, test } from 'vitest'
import { someRows } from '../testing/tables.js'
import { idColumn, listColumn, numberListColumn, vectorColumn, writeArrowFile } from './arrow-file.js'
import { addRow, entry, readSparseRows, writeSparseRows } from './sparse-rows.js'

const ids = [3, 1, 4, 15]
const rows = someRows(4, 8)

test('round-trips rows, also empty ones and text ids', () => {
  const empty = { offsets: new Int32Array(5), items: new Int32Array(0), values: new Float32Array(0) }
  const names = ids.map((id) => `tt${id}`)
  expect(readSparseRows(writeSparseRows(ids, rows), 'rows', ids)).toEqual(rows)
  expect(readSparseRows(writeSparseRows(names, empty), 'rows', names)).toEqual(empty)
})

test('entry returns what addRow adds', () => {
  for (let row = 0; row < 4; row++) {
    const scores = new Float32Array(4)
    addRow(rows, row, 2, scores)
    for (let item = 0; item < 4; item++) expect(scores[item]).toBe(2 * entry(rows, row, item))
  }
})

const offsets = Int32Array.of(0, 2, 2, 3, 4)
const items = Int32Array.of(0, 3, 1, 2)
const values = Float32Array.of(1, 2, 3, 4)
const file = (changed: Parameters<typeof writeArrowFile>[1]) =>
  writeArrowFile(4, {
    item_id: idColumn(ids),
    item: listColumn(offsets, items),
    value: numberListColumn(offsets, values),
    ...changed,
  })

test.each([
  ['other items', { item_id: idColumn([3, 1, 4, 5]) }, /item_id differs/],
  ['an item beyond the table', { item: listColumn(offsets, Int32Array.of(0, 3, 1, 4)) }, /names item 4 of 4/],
  ['a negative item', { item: listColumn(offsets, Int32Array.of(-1, 3, 1, 2)) }, /names item -1/],
  ['items that are not ascending', { item: listColumn(offsets, Int32Array.of(3, 0, 1, 2)) }, /not ascending/],
  ['an item twice', { item: listColumn(offsets, Int32Array.of(3, 3, 1, 2)) }, /not ascending/],
  ['numbers for items', { item: numberListColumn(offsets, values) }, /must be lists of int32/],
  ['integers for values', { value: listColumn(offsets, items) }, /must be lists of float32/],
  ['vectors for values', { value: vectorColumn(values, 1) }, /must be lists of float32/],
  [
    'a value that is not a number',
    {
      value: numberListColumn(
        offsets,
        values.map(() => Number.NaN),
      ),
    },
    /not finite/,
  ],
  [
    'lists of other lengths',
    { value: numberListColumn(Int32Array.of(0, 1, 2, 3, 4), values) },
    /different lengths/,
  ],
  [
    'offsets beyond the values',
    { value: numberListColumn(Int32Array.of(0, 2, 2, 3, 9), values) },
    /truncated/,
  ],
])('rejects a file with %s and names it', (_, changed, message) => {
  const reading = () => readSparseRows(file(changed), 'rows.arrow', ids)
  expect(reading).toThrow(message)
  expect(reading).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' }))
  expect(reading).toThrow('rows.arrow')
})
