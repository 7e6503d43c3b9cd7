import { expect, test } from 'vitest'
import { boundsOf, inRange, joinFilters, orderClause } from './traces-state.js'

test('joins filters and keeps alternatives together', () => {
  expect(joinFilters(['', ' '])).toBe('')
  expect(joinFilters(["tags.a = 'x' OR tags.b = 'y'", ''])).toBe("tags.a = 'x' OR tags.b = 'y'")
  expect(joinFilters(["tags.a = 'x' OR tags.b = 'y'", "status = 'OK'"])).toBe(
    "(tags.a = 'x' OR tags.b = 'y') AND status = 'OK'",
  )
})

test('reads ranges back from now and between two times', () => {
  expect(boundsOf('1h', 4_000_000)).toEqual({ from: 400_000 })
  expect(boundsOf('5..9', 0)).toEqual({ from: 5, to: 9 })
  expect(inRange("status = 'OK'", '5..9')).toBe(
    "status = 'OK' AND attributes.timestamp_ms >= 5 AND attributes.timestamp_ms <= 9",
  )
  expect(inRange('', '')).toBe('')
  expect(boundsOf('5..', 0)).toEqual({ from: 5 })
  for (const text of ['toString', 'now', 'a..b', 'Infinity..']) expect(inRange('', text), text).toBe('')
})

test('turns the order of the URL into a clause', () => {
  expect([
    orderClause('-duration'),
    orderClause('name'),
    orderClause('colour'),
    orderClause(undefined),
  ]).toEqual(['attributes.execution_time_ms DESC', 'attributes.name ASC', undefined, undefined])
})
