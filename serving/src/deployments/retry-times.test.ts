import { expect, test } from 'vitest'
import { RetryTimes } from './retry-times.js'

test('postpones an attempt of one endpoint until its time has come', () => {
  let now = 0
  const times = new RetryTimes(() => now)
  times.postpone('a', 'load', 100)
  now = 99
  expect([times.isPostponed('a', 'load'), times.isPostponed('b', 'load')]).toEqual([true, false])
  now = 100
  expect(times.isPostponed('a', 'load')).toBe(false)
})

test('prunes deleted endpoints, and attempts that have not failed again for a pause', () => {
  let now = 0
  const times = new RetryTimes(() => now)
  times.postpone('deleted', 'load', 100)
  times.postpone('kept', 'load', 100)
  times.postpone('kept', 'version 1', 10)
  now = 20
  times.prune(new Set(['kept']))
  expect(times.size).toBe(1)
  expect(times.isPostponed('kept', 'load')).toBe(true)
  now = 199
  times.prune(new Set(['kept']))
  expect(times.size).toBe(1)
  now = 200
  times.prune(new Set(['kept']))
  expect(times.size).toBe(0)
})

test('doubles the pauses of an attempt that fails again, up to the longest pause', () => {
  let now = 0
  const times = new RetryTimes(() => now)
  const pauses: number[] = []
  for (let i = 0; i < 4; i++) {
    const failed = now
    times.postpone('a', 'move 2', 100, 500)
    while (times.isPostponed('a', 'move 2')) now += 10
    times.prune(new Set(['a']))
    pauses.push(now - failed)
  }
  expect(pauses).toEqual([100, 200, 400, 500])
  times.postpone('a', 'move 3', 100, 500)
  now += 100
  expect(times.isPostponed('a', 'move 3')).toBe(false)
})
