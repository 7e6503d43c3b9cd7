import { expect, test } from 'vitest'
import { type Brush, brushesBeside, NO_BRUSHES, putBrush, runsWithin } from './brush.js'

const brush = (...runIds: string[]): Brush => ({ runIds, intervals: new Map([['lr', [[0, runIds.length]]]]) })

test('runs are within the brushes of all cards', () => {
  const one = putBrush(NO_BRUSHES, 'c.1', brush('a', 'b'))
  const both = putBrush(one, 'c.2', brush('b', 'c'))
  expect(runsWithin(both.values())).toEqual(new Set(['b']))
  expect(runsWithin(putBrush(both, 'c.1', undefined).values())).toEqual(new Set(['b', 'c']))
})

test('a card is beside the brushes of the others', () => {
  const both = putBrush(putBrush(NO_BRUSHES, 'c.1', brush('a')), 'c.2', brush('b'))
  expect(brushesBeside(both, 'c.1')).toEqual([brush('b')])
  expect(runsWithin(brushesBeside(putBrush(NO_BRUSHES, 'c.1', brush('a')), 'c.1'))).toBeUndefined()
})

test('a brush around nothing leaves no run, and no brush leaves all', () => {
  expect(runsWithin(putBrush(NO_BRUSHES, 'c.1', brush()).values())).toEqual(new Set())
  expect(runsWithin(NO_BRUSHES.values())).toBeUndefined()
})

test('an unchanged brush keeps its identity', () => {
  const brushes = putBrush(NO_BRUSHES, 'c.1', brush('a'))
  expect(putBrush(brushes, 'c.1', brush('a'))).toBe(brushes)
  expect(putBrush(brushes, 'c.2', undefined)).toBe(brushes)
})
