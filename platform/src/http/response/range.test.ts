import { expect, test } from 'vitest'
import { parseRange } from './range.js'

test.each([
  ['bytes=0-', 5, { start: 0, end: 5 }],
  ['bytes=4-4', 5, { start: 4, end: 5 }],
  ['bytes=-9', 5, { start: 0, end: 5 }],
  ['bytes=-0', 5, 'unsatisfiable'],
  ['bytes=5-', 5, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=3-2', 5, undefined],
  ['bytes=-', 5, undefined],
  ['items=0-1', 5, undefined],
  [undefined, 5, undefined],
])('parses the range %s of %i bytes', (header, size, expected) => {
  expect(parseRange(header, size)).toEqual(expected)
})
