import { expect, test } from 'vitest'
import { wholeNumber } from './whole-number.js'

test('digits are a whole number, and nothing else is', () => {
  expect(['0', '12', '007'].map(wholeNumber)).toEqual([0, 12, 7])
  for (const text of ['', 'abc', '1.5', '-1', '1e3', ' 1', '0x10', '9'.repeat(16)])
    expect(() => wholeNumber(text)).toThrow(`'${text}' is no whole number.`)
})
