import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BucketedMetric, StepRange } from '../api/runs.js'
import { tailOf, withTail } from './bucket-tail.js'

interface Point {
  readonly run: string
  readonly step: number
  readonly value: number
}

/** Aligned buckets of the points of runs, as the server answers. */
function bucketsOf(
  points: readonly Point[],
  runs: readonly string[],
  count: number,
  range?: StepRange,
): BucketedMetric {
  const of = points.filter(({ run }) => runs.includes(run))
  const steps = of.map(({ step }) => step)
  const [start, end] = range ?? (steps.length > 0 ? [Math.min(...steps), Math.max(...steps)] : [0, 0])
  let width = 1
  while (Math.floor(end / width) - Math.floor(start / width) >= count) width *= 2
  const origin = Math.floor(start / width) * width
  const lastPoint = Math.max(...steps.filter((step) => step >= start && step <= end))
  return {
    ...{ start, end, origin, width, lastPoint },
    runs: runs.map((run_id) => {
      const own = of.filter(({ run, step }) => run === run_id && step >= start && step <= end)
      const borders = [...new Set(own.map(({ step }) => Math.floor(step / width) * width))].sort(
        (a, b) => a - b,
      )
      return {
        run_id,
        buckets: borders.map((border) => {
          const inside = own.filter(({ step }) => step >= border && step < border + width)
          const values = inside.map(({ value }) => value)
          const last = inside.toSorted((a, b) => a.step - b.step || a.value - b.value).at(-1)!
          return {
            ...{ first_step: Math.max(border, start), last_step: Math.min(border + width - 1, end) },
            ...{
              min: Math.min(...values),
              max: Math.max(...values),
              last: last.value,
              last_timestamp: last.step,
            },
          }
        }),
      }
    }),
  }
}

const RUNS = ['a', 'b', 'c']
const point = fc.record({
  run: fc.constantFrom(...RUNS),
  step: fc.integer({ min: -40, max: 200 }),
  value: fc.integer({ min: 0, max: 9 }),
})
const range = fc.option(fc.tuple(fc.integer({ min: -50, max: 100 }), fc.integer({ min: 1, max: 100 })), {
  nil: undefined,
})

test('a chart with the tail of changed runs equals one that reads all buckets', () => {
  let patched = 0
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 1, maxLength: 40 }),
      fc.array(point, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 2, max: 40 }),
      range,
      fc.oneof(fc.constant(0), fc.nat(20)), // the steps of other metrics that were logged with this one
      (before, logged, count, chosen, ahead) => {
        const shown: StepRange | undefined = chosen && [chosen[0], chosen[0] + chosen[1]]
        const known = bucketsOf(before, RUNS, count, shown)
        const steps = logged.map(({ step }) => step)
        const [first, last] = [Math.min(...steps), Math.max(...steps) + ahead]
        const tail = tailOf(known, { first, last }, count, shown)
        if (!tail) return
        patched++
        const all = [...before, ...logged]
        const changed = [...new Set(logged.map(({ run }) => run))]
        const read = bucketsOf(all, changed, tail.count, tail.range)
        expect(withTail(known, tail, read)).toEqual(bucketsOf(all, RUNS, count, shown))
      },
    ),
    {
      numRuns: 2_000,
      // The last bucket of a changed run was cut by the end of all runs, and is not read again.
      examples: [
        [
          [
            { run: 'b', step: 88, value: 0 },
            { run: 'a', step: 0, value: 0 },
          ],
          [{ run: 'b', step: 104, value: 0 }],
          14,
          undefined,
          0,
        ],
      ],
    },
  )
  expect(patched).toBeGreaterThan(200)
})

test('reads all buckets when steps come before the first, or buckets become wider', () => {
  const known = bucketsOf(
    [
      { run: 'a', step: 8, value: 1 },
      { run: 'a', step: 40, value: 2 },
    ],
    RUNS,
    10,
  )
  expect(known.width).toBe(4)
  expect(tailOf(known, { first: 7, last: 7 }, 10, undefined)).toBeUndefined()
  expect(tailOf(known, { first: 48, last: 48 }, 10, undefined)).toBeUndefined()
  expect(tailOf(known, { first: 41, last: 47 }, 10, undefined)).toEqual({
    range: [36, 47],
    count: 3,
    end: 47,
  })
})
