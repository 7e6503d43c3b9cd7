import { expect, test } from 'vitest'
import { preparationsOf, withoutPreparation } from './preparation.js'

const line = (number: number, level: string, attempt = 1) => ({
  ...{ line: number, time: 1_000 * number, attempt, level },
  message: `line ${number}`,
})

test('a preparation ends with the first line of the task, and each attempt has its own', () => {
  const log = [line(0, 'setup'), line(1, 'setup'), line(5, 'info'), line(6, 'error'), line(7, 'setup', 2)]
  expect(preparationsOf(log, false)).toEqual([
    { attempt: 1, lines: 2, durationMs: 5_000, isDone: true },
    { attempt: 2, lines: 1, durationMs: 0, isDone: false },
  ])
  expect(withoutPreparation(log).map(({ message }) => message)).toEqual(['line 5', 'line 6'])
})

test('a preparation goes on after a line of the server before it, and ends with its task', () => {
  const log = [line(0, 'info'), line(1, 'setup'), line(4, 'setup')]
  const one = { attempt: 1, lines: 2, durationMs: 3_000 }
  expect(preparationsOf(log, false)).toEqual([{ ...one, isDone: false }])
  expect(preparationsOf(log, true)).toEqual([{ ...one, isDone: true }])
})

test('a log without one stays as it is', () => {
  const log = [line(0, 'info')]
  expect(preparationsOf(log, true)).toEqual([])
  expect(withoutPreparation(log)).toBe(log)
})
