import { expect, test } from 'vitest'
import { Throttle } from './throttle.js'

test('one event of a kind passes in each interval, with the number of those before it that did not', () => {
  const throttle = new Throttle(1_000)
  const taken = [0, 1, 999, 1_000, 1_001, 5_000].map((now) => throttle.take('a', now))
  expect(taken).toEqual([0, undefined, undefined, 2, undefined, 1])
})

test('events that did not pass are reported when no other follows for an interval', () => {
  const throttle = new Throttle(1_000)
  for (const now of [0, 1, 2]) throttle.take('a', now)
  throttle.take('b', 0)
  expect([1_999, 2_000, 9_000].map((now) => throttle.expire(now))).toEqual([[], [['a', 2]], []])
})

test('events of one kind do not hide those of another', () => {
  const throttle = new Throttle(1_000)
  expect([throttle.take('a', 0), throttle.take('b', 1), throttle.take('a', 2)]).toEqual([0, 0, undefined])
})
