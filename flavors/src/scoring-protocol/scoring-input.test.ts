import { describe, expect, test } from 'vitest'
import { parseRows } from './scoring-input.js'

describe('parseRows', () => {
  test('returns the same rows for every form', () => {
    const rows = [{ history: [1, 2], k: 3 }]
    expect(parseRows({ dataframe_records: rows })).toEqual(rows)
    expect(parseRows({ dataframe_split: { columns: ['history', 'k'], data: [[[1, 2], 3]] } })).toEqual(rows)
    expect(parseRows({ instances: rows })).toEqual(rows)
    expect(parseRows({ inputs: rows })).toEqual(rows)
    expect(parseRows({ inputs: rows[0] })).toEqual(rows)
  })

  test.each([
    [{}, /exactly one of the input fields.*\[\]/],
    [{ instances: [], inputs: {} }, /'instances', 'inputs'/],
    [{ instances: [1] }, /instances\[0\]/],
    [{ inputs: 'x' }, /'inputs'/],
    [{ dataframe_split: { columns: ['a'] } }, /dataframe_split.data/],
    [{ dataframe_split: { columns: ['a'], data: [[1, 2]] } }, /dataframe_split.data\[0\]/],
    [{ dataframe_split: { columns: [1], data: [] } }, /dataframe_split.columns/],
  ])('rejects %j', (input, message) => {
    expect(() => parseRows(input)).toThrow(message)
  })
})

test('rejects more than 10,000 rows', () => {
  expect(() => parseRows({ instances: Array(10_001).fill({ k: 1 }) })).toThrow(/at most 10000 rows/)
})
