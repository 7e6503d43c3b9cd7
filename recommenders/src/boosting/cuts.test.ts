import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutColumn, sortColumn } from './cuts.js'

const column = (values: number[], weights?: number[]) =>
  sortColumn(Float32Array.from(values), 1, 0, weights && ((row) => weights[row]!))

const float = fc.float({ noNaN: true, noDefaultInfinity: true })

test('sorts a column numerically with its weights and without missing values', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(float, fc.constantFrom(0, -0, Number.NaN))), (values) => {
      const present = values
        .map((value, row) => ({ value: value + 0, row }))
        .filter(({ value }) => !Number.isNaN(value))
      present.sort((a, b) => a.value - b.value || a.row - b.row)
      const sorted = column(
        values,
        values.map((_, row) => row),
      )
      expect([...sorted.values]).toEqual(present.map(({ value }) => value))
      expect([...sorted.weights!]).toEqual(present.map(({ row }) => row))
      expect(sorted.hasMissing).toBe(present.length < values.length)
    }),
  )
})

describe('cuts', () => {
  test('give few distinct values one bin each, with bounds beyond both ends', () => {
    const { upper, below } = cutColumn(column([3, 1, 2, 2, 1]), 4)
    expect([...upper.subarray(0, 2)]).toEqual([2, 3])
    expect(upper).toHaveLength(3)
    expect(upper[2]).toBeGreaterThan(3)
    expect(below).toBeLessThan(1)
  })

  test('reserve one of 256 bins for missing values', () => {
    const values = Array.from({ length: 1000 }, (_, n) => n)
    expect(cutColumn(column(values), 256).upper).toHaveLength(256)
    expect(cutColumn(column([...values, Number.NaN]), 256).upper).toHaveLength(255)
  })

  test('divide many values into bins of equal weight', () => {
    const values = Array.from({ length: 10_000 }, (_, n) => n)
    const weights = values.map((value) => (value < 5000 ? 3 : 1))
    const { upper } = cutColumn(column(values, weights), 10)
    const bounds = [667, 1333, 2000, 2667, 3333, 4000, 4667, 6000, 8000]
    upper.subarray(0, 9).forEach((bound, at) => {
      expect(Math.abs(bound - bounds[at]!)).toBeLessThanOrEqual(4)
    })
  })

  test('leave the remaining bins to the other values when one value fills several', () => {
    const values = [...Array(900).fill(0), ...Array.from({ length: 100 }, (_, n) => n + 1)]
    expect(cutColumn(column(values), 11).upper).toHaveLength(11)
  })

  test('handle empty columns, single values and the largest numbers', () => {
    expect(cutColumn(column([Number.NaN]), 256).upper).toHaveLength(1)
    expect(cutColumn(column([7, 7]), 256).upper).toHaveLength(1)
    const large = cutColumn(column([-3.4e38, 3.4e38]), 256)
    expect([...large.upper, large.below].every(Number.isFinite)).toBe(true)
  })
})
