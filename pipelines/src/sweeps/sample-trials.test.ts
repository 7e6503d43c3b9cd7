import type { Sweep, SweptParameter } from '@cairn/platform/protocol/databricks/sweeps'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gridSize, sampleTrials } from './sample-trials.js'

const objective = { metric: 'm', goal: 'maximize' } as const
const grid = (parameters: Sweep['parameters'], more: Partial<Sweep> = {}): Sweep => ({
  ...{ method: 'grid', parameters, objective },
  ...more,
})
const random = (parameters: Sweep['parameters'], trials: number, seed?: number): Sweep => ({
  ...{ method: 'random', parameters, trials, objective },
  ...(seed !== undefined && { seed }),
})

const ranges = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1000 }))
  .chain(([min, more]) =>
    fc.record({
      min: fc.constant(min),
      max: fc.constant(min + more),
      scale: fc.constantFrom('linear' as const, 'log' as const),
      type: fc.constantFrom('int' as const, 'float' as const),
    }),
  )
const lists = fc.record({ values: fc.array(fc.integer(), { minLength: 1, maxLength: 5 }) })
const names = fc.stringMatching(/^[a-z]{1,3}$/)
const spaces = (parameter: fc.Arbitrary<SweptParameter>) =>
  fc.dictionary(names, parameter, { minKeys: 1, maxKeys: 4 })

test('a grid has every combination once, the last name changing fastest', () => {
  const sweep = grid({ b: { values: ['x', 'y'] }, a: { values: [1, 2] } })
  expect(sampleTrials(sweep)).toEqual([
    { a: 1, b: 'x' },
    { a: 1, b: 'y' },
    { a: 2, b: 'x' },
    { a: 2, b: 'y' },
  ])
  expect(sampleTrials({ ...sweep, trials: 3 })).toEqual(sampleTrials(sweep).slice(0, 3))
  fc.assert(
    fc.property(spaces(lists.map(({ values }) => ({ values: [...new Set(values)] }))), (parameters) => {
      const trials = sampleTrials(grid(parameters)).map((trial) => JSON.stringify(trial))
      expect(trials).toHaveLength(gridSize({ parameters }))
      expect(new Set(trials).size).toBe(trials.length)
    }),
  )
})

test('random values are within their bounds, and of their type', () => {
  fc.assert(
    fc.property(spaces(fc.oneof(ranges, lists)), fc.integer({ min: 0 }), (parameters, seed) => {
      for (const trial of sampleTrials(random(parameters, 10, seed)))
        for (const [name, value] of Object.entries(trial)) {
          const { values, min, max, type } = parameters[name]!
          if (values) expect(values).toContain(value)
          else {
            expect(value).toBeGreaterThanOrEqual(min!)
            expect(value).toBeLessThanOrEqual(max!)
            if (type === 'int') expect(value).toSatisfy(Number.isInteger)
          }
        }
    }),
  )
})

test('random values depend on the seed only, not on the order of names or the number of trials', () => {
  fc.assert(
    fc.property(spaces(ranges), fc.integer({ min: 0 }), fc.nat(20), (parameters, seed, trials) => {
      const reversed = Object.fromEntries(Object.entries(parameters).reverse())
      const ten = sampleTrials(random(reversed, 10, seed))
      expect(sampleTrials(random(parameters, trials, seed)).slice(0, 10)).toEqual(ten.slice(0, trials))
    }),
  )
  const range = { x: { min: 0, max: 1 } }
  expect(sampleTrials(random(range, 2, 1))).not.toEqual(sampleTrials(random(range, 2, 2)))
  expect(sampleTrials(random(range, 2))).toEqual(sampleTrials(random(range, 2, 0)))
})

test('integers are uniform up to both ends, and a log scale spreads over magnitudes', () => {
  const dice = sampleTrials(random({ x: { min: 1, max: 6, type: 'int' } }, 5_000)).map(({ x }) => x)
  for (const side of [1, 2, 3, 4, 5, 6])
    expect(dice.filter((one) => one === side).length).toBeGreaterThan(700)
  const rates = sampleTrials(random({ x: { min: 1e-4, max: 1, scale: 'log' } }, 5_000)).map(
    ({ x }) => x as number,
  )
  for (const low of [1e-4, 1e-3, 1e-2, 1e-1])
    expect(rates.filter((one) => one >= low && one < low * 10).length).toBeGreaterThan(1_100)
})
