import { describe, expect, test } from 'vitest'
import { parseRows, type Row } from './scoring-input.js'

describe('parseRows', () => {
  test('returns the same rows for every form', () => {
    const rows = [{ history: [1, 2], k: 3 }]
    expect(parseRows({ dataframe_records: rows })).toEqual(rows)
    expect(parseRows({ dataframe_split: { columns: ['history', 'k'], data: [[[1, 2], 3]] } })).toEqual(rows)
    expect(parseRows({ instances: rows })).toEqual(rows)
    expect(parseRows({ inputs: rows })).toEqual(rows)
    expect(parseRows({ inputs: rows[0] })).toEqual(rows)
  })

  test('names unnamed columns by their index, and takes scalars as rows of one column', () => {
    const named = [{ 0: 7, 1: 8 }]
    expect(parseRows({ dataframe_split: { columns: [0, 1], index: ['x'], data: [[7, 8]] } })).toEqual(named)
    expect(parseRows({ dataframe_split: { data: [[7, 8]] } })).toEqual(named)
    expect(parseRows({ dataframe_split: { columns: ['a'], data: [7, null] } })).toEqual([
      { a: 7 },
      { a: null },
    ])
  })

  test.each([
    [{}, /exactly one of the input fields.*\[\]/],
    [{ instances: [], inputs: {} }, /'instances', 'inputs'/],
    [{ instances: [1] }, /instances\[0\]/],
    [{ inputs: 'x' }, /'inputs'/],
    [{ dataframe_split: { columns: ['a'] } }, /dataframe_split.data/],
    [{ dataframe_split: { columns: ['a'], data: [[1, 2]] } }, /dataframe_split.data\[0\]/],
    [{ dataframe_split: { columns: [1.5], data: [] } }, /dataframe_split.columns/],
    [{ dataframe_split: { columns: 'a', data: [] } }, /dataframe_split.columns/],
    [{ dataframe_split: { columns: ['a'], data: [[1]], index: [1, 2] } }, /dataframe_split.index/],
    [
      { dataframe_split: { columns: ['a'], data: [[1]], other: 1 } },
      /'dataframe_split' has an unknown field; supported: columns, data, index/,
    ],
    [{ dataframe_split: null as unknown as Row }, /'dataframe_split'/],
    [{ dataframe_records: [{}, 1 as unknown as Row] }, /'dataframe_records\[1\]'/],
    [{ instances: {} as unknown as [] }, /'instances'/],
  ])('rejects %j', (input, message) => {
    expect(() => parseRows(input)).toThrow(message)
  })
})

test('rejects more than 10,000 rows', () => {
  expect(() => parseRows({ instances: Array(10_001).fill({ k: 1 }) })).toThrow(/at most 10000 rows/)
})
