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

  test('rejects an expression that is too long, and compiles the longest one', () => {
    const longest = `(?i)${'[b-\uffff]'.repeat(199)}` // would take seconds if each set checked each character
    expect(linearRegex(longest).test('nothing')).toBe(false)
    expect(() => linearRegex('a'.repeat(1_001))).toThrow('it has 1001 characters; at most 1000 are allowed')
  })

  test('compiles the expressions of a filter once, also when they alternate', () => {
    const [first, second] = [linearRegex('^a'), linearRegex('^b')]
    expect(linearRegex('^a')).toBe(first)
    expect(linearRegex('^b')).toBe(second)
    for (let i = 0; i < 100; i++) linearRegex(`^${i}`)
    expect(linearRegex('^a')).not.toBe(first)
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
