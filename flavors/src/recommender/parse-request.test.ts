import { expect, test } from 'vitest'
import { parseRequest } from './parse-request.js'

test.each([
  [{ k: 0 }, 'k'],
  [{ k: 1.5 }, 'k'],
  [{ k: '10' }, 'k'],
  [{ k: 1001 }, 'k'],
  [{ history: 'a,b' }, 'history'],
  [{ history: [1, { id: 2 }] }, 'history[1]'],
  [{ history: Array(10_001).fill(1) }, 'history'],
  [{ user_id: 1.5 }, 'user_id'],
  [{ user_id: [] }, 'user_id'],
  [{ filter_seen: 'yes' }, 'filter_seen'],
  [{ exclude: 7 }, 'exclude'],
  [{ exclude: [1, null] }, 'exclude[1]'],
  [{ reasons: 1 }, 'reasons'],
  [{ context: 'phone' }, 'context'],
])('rejects the request %j and names %s', (row, field) => {
  expect(() => parseRequest(row)).toThrow(
    expect.objectContaining({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(`'${field}'`),
    }),
  )
})

test('an empty request has defaults, and null counts as absent', () => {
  const defaults = { k: 10, filter_seen: true }
  expect(parseRequest({})).toEqual(defaults)
  const absent = { user_id: null, history: null, k: null, filter_seen: null, exclude: null, reasons: null }
  expect(parseRequest({ ...absent, context: null })).toEqual(defaults)
})

test('notices name an unused context and unknown fields', () => {
  expect(parseRequest({ context: { device: 'phone' } }).notices).toEqual([
    'context: the model does not use it',
  ])
  const row = { histroy: [1], a: 1, b: 2, c: 3, d: 4, e: 5 }
  expect(parseRequest(row).notices).toEqual([
    'unknown fields are ignored: "histroy", "a", "b", "c", "d" and 1 more',
  ])
})

test('an error does not repeat the values of the request', () => {
  expect(() => parseRequest({ history: [{ secret: 1 }] })).toThrow(
    "Invalid value for parameter 'history[0]' supplied: it must be an integer or text",
  )
})
