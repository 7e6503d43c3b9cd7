import type { EarlyStop, Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findPruning as find, type History, Medians } from './median-rule.js'

type Goal = Sweep['objective']['goal']

const history = (...values: number[]): History => values.map((value, step) => ({ step, value }))
const succeeded = [history(1, 2, 3), history(2, 3, 4), history(3, 4, 5)]
const findPruning = (trial: History, others: readonly History[], goal: Goal, rule: EarlyStop) =>
  find(trial, new Medians(others), goal, rule)
const rule = { min_trials: 3 }

describe('the median rule', () => {
  test('finds a trial that is worse than the median at its latest step', () => {
    expect(findPruning(history(1.9), succeeded, 'maximize', rule)).toEqual({ step: 0, value: 1.9, median: 2 })
    expect(findPruning(history(1, 3.1), succeeded, 'minimize', rule)).toEqual({
      step: 1,
      value: 3.1,
      median: 3,
    })
    expect(findPruning(history(Number.NaN), succeeded, 'minimize', rule)).toMatchObject({ median: 2 })
  })

  test('does not stop a trial that is as good, has no value yet, or has too few to compare with', () => {
    expect(findPruning(history(2), succeeded, 'maximize', rule)).toBeUndefined()
    expect(findPruning([], succeeded, 'maximize', rule)).toBeUndefined()
    expect(findPruning(history(0), succeeded.slice(1), 'maximize', rule)).toBeUndefined()
    expect(findPruning(history(0), succeeded, 'maximize', {})).toBeUndefined()
  })

  test('compares with trials that reached the step only, and with their last value up to it', () => {
    expect(findPruning(history(9, 9, 9, 0), succeeded, 'maximize', rule)).toBeUndefined()
    const sparse = succeeded.map((one) => one.filter(({ step }) => step !== 1))
    expect(findPruning(history(9, 1.5), sparse, 'maximize', rule)).toEqual({ step: 1, value: 1.5, median: 2 })
  })

  test('waits for as many worse steps in a row as its patience, from its first step on', () => {
    const patient = { ...rule, patience: 2 }
    expect(findPruning(history(0), succeeded, 'maximize', patient)).toBeUndefined()
    expect(findPruning(history(9, 0), succeeded, 'maximize', patient)).toBeUndefined()
    expect(findPruning(history(9, 0, 0), succeeded, 'maximize', patient)).toMatchObject({ step: 2 })
    expect(findPruning(history(0, 0), succeeded, 'maximize', { ...patient, min_step: 1 })).toBeUndefined()
    expect(findPruning(history(9, 0, 0), succeeded, 'maximize', { ...patient, min_step: 1 })).toBeDefined()
  })

  test('computes the median of a step once', () => {
    let reads = 0
    const counted = new Proxy(history(1, 2), {
      get(target, name) {
        reads++
        return Reflect.get(target, name)
      },
    })
    const medians = new Medians([counted])
    const first = medians.at(1)
    const before = reads
    expect(medians.at(1)).toBe(first)
    expect(reads).toBe(before)
  })

  test('is symmetric: maximizing is minimizing the negative', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 5 })
    const negative = (one: History) => one.map(({ step, value }) => ({ step, value: -value }))
    fc.assert(
      fc.property(values, fc.array(values, { minLength: 3, maxLength: 8 }), (trial, others) => {
        const [up, rest] = [history(...trial), others.map((one) => history(...one))]
        const found = findPruning(up, rest, 'maximize', rule)
        const mirrored = findPruning(negative(up), rest.map(negative), 'minimize', rule)
        expect(found !== undefined).toBe(mirrored !== undefined)
      }),
    )
  })

  test('never stops the best trial', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(values, { minLength: 3, maxLength: 8 }), (others) => {
        const best = Math.max(...others.flat())
        expect(
          findPruning(
            history(best),
            others.map((one) => history(...one)),
            'maximize',
            rule,
          ),
        ).toBeUndefined()
      }),
    )
  })
})
