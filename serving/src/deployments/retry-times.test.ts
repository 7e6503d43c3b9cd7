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

test('prunes deleted endpoints, and attempts whose time has come', () => {
  let now = 0
  const times = new RetryTimes(() => now)
  times.postpone('deleted', 'load', 100)
  times.postpone('kept', 'load', 100)
  times.postpone('kept', 'version 1', 10)
  now = 10
  times.prune(new Set(['kept']))
  expect(times.size).toBe(1)
  expect(times.isPostponed('kept', 'load')).toBe(true)
  now = 100
  times.prune(new Set(['kept']))
  expect(times.size).toBe(0)
})
