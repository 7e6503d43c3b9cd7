import { describe, expect, test } from 'vitest'
import { linearRegex } from './linear-regex.js'

describe('regular expressions of clients', () => {
  test.each([
    ['^foo.*(bar|baz)$', 'foo and baz'],
    ['a{1,5}[^b]', 'aac'],
    ['\\d+\\.\\d', '영화 3.5'],
  ])('%s matches %j', (pattern, text) => {
    expect(linearRegex(pattern).test(text)).toBe(true)
    expect(linearRegex(pattern).test('nothing')).toBe(false)
  })

  test.each(['(', '(a)\\1', '(?=a)b', '(?<!a)b', '*'])('rejects %s', (pattern) => {
    expect(() => linearRegex(pattern)).toThrow(/^Invalid regular expression/)
  })

  test('rejects a too long expression and compiles the longest', () => {
    const longest = `(?i)${'[b-\uffff]'.repeat(999)}` // would take half a minute if each set checked each character
    expect(linearRegex(longest).test('nothing')).toBe(false)
    expect(() => linearRegex('a'.repeat(10_001))).toThrow(
      'it has 10001 characters; at most 10000 are allowed',
    )
  })

  test('matches in linear time', () => {
    for (const [pattern, text] of [
      ['(a+)+$', `${'a'.repeat(100)}b`],
      ['(a|aa)+$', `${'a'.repeat(2000)}b`],
      ['(.*)*x$', 'y'.repeat(2000)],
    ] as const)
      expect(linearRegex(pattern).test(text)).toBe(false)
  })
})
