import { expect, test } from 'vitest'
import type { RunTask } from '../api/jobs.js'
import { bestFirst, parametersOf, parameterValue, pointsOf } from './trials.js'

const trial = (iteration: number, objective?: number, result_state = 'SUCCESS') =>
  ({ iteration, objective, input: { lr: iteration / 10 }, state: { result_state } }) as unknown as RunTask

const trials = [trial(0, 3), trial(1, 9, 'CANCELED'), trial(2), trial(3, 5), trial(4, 4)]

test('ranks succeeded trials with the metric first, by the goal', () => {
  const order = (goal: 'maximize' | 'minimize') => bestFirst(trials, goal).map(({ iteration }) => iteration)
  expect(order('maximize')).toEqual([3, 4, 0, 1, 2])
  expect(order('minimize')).toEqual([0, 4, 3, 1, 2])
})

test('the best so far takes neither pruned trials nor those without the metric', () => {
  const points = pointsOf([trial(0, 9, 'CANCELED'), ...trials.slice(1)], 'maximize')
  expect(points.map(({ number, value, best }) => [number, value, best])).toEqual([
    [1, 9, undefined],
    [2, 9, undefined],
    [4, 5, 5],
    [5, 4, 5],
  ])
})

test('reads the parameters of a sweep and their values', () => {
  const sweep = {
    method: 'grid',
    parameters: { lr: { values: [0.1] }, depth: { values: [3] } },
    objective: { metric: 'loss', goal: 'minimize' },
  } as const
  expect(parametersOf({ ...sweep, parameters: { ...sweep.parameters } } as never)).toEqual(['depth', 'lr'])
  expect([parameterValue(trial(1), 'lr'), parameterValue(trial(1), 'depth')]).toEqual(['0.1', ''])
  expect(parameterValue(trial(1.23456789), 'lr')).toBe('0.123457')
})
