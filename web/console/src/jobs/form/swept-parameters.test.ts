import { expect, test } from 'vitest'
import { readSwept, sweptText } from './swept-parameters.js'

test.each([
  ['depth = 2 .. 9 int', { depth: { min: 2, max: 9, type: 'int' } }],
  ['lr = 0.0001 .. 0.1 log', { lr: { min: 0.0001, max: 0.1, scale: 'log' } }],
  ['x = -1 .. 1', { x: { min: -1, max: 1 } }],
  ['loss = mse, mae', { loss: { values: ['mse', 'mae'] } }],
  ['k = 1, 2.5, true, "1", "a, b", ""', { k: { values: [1, 2.5, true, '1', 'a, b', ''] } }],
  ['k = "..", "1 .. 2", "a\\nb"', { k: { values: ['..', '1 .. 2', 'a\nb'] } }],
  ['a = 1\nb = 2', { a: { values: [1] }, b: { values: [2] } }],
  ['', {}],
] as const)('%j is read and written', (text, parameters) => {
  expect(readSwept(text)).toEqual(parameters)
  expect(sweptText(parameters as never)).toBe(text)
})

test.each(['lr', '= 1', 'x =', 'x = 1 ..', 'x = 1 .. b', 'x = 1,, 2', 'x = "a', 'x = 1, '])(
  '%j cannot be read',
  (text) => expect(readSwept(text)).toBeUndefined(),
)
