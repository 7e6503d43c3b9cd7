import { expect, test } from 'vitest'
import { parseInteger } from './parse-integer.js'

test('accepts digits only', () => {
  expect(['0', '12', '007'].map(parseInteger)).toEqual([0, 12, 7])
  for (const text of ['', 'abc', '1.5', '-1', '1e3', ' 1', '0x10', '9'.repeat(16)])
    expect(() => parseInteger(text)).toThrow(`'${text}' is not an integer.`)
})
