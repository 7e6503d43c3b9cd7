import { splitJson } from '@cairn/platform/http/response/split-json'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanText, dump, dumpCompact, dumpStorable, parse, type Value } from './value.js'

describe('values of attributes', () => {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }).map(cleanText),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.string({ unit: 'binary' }).map(cleanText), tie('value')),
    ),
  }))

  test('stores values as JSON and parses them back', () => {
    fc.assert(
      fc.property(value, (one) => {
        JSON.parse(dumpStorable(one))
        expect(parse(dumpStorable(one))).toEqual(one)
      }),
    )
  })

  test('serializes nested values like the whole', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const chunks = splitJson({ values }, (part) => dumpCompact(part as Value), 20)
        expect([...chunks].join('')).toBe(dumpCompact({ values }))
      }),
    )
  })

  test.each<[number, string]>([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [100, '100.0'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e-4, '0.0001'],
    [0.00012345, '0.00012345'],
    [1e-5, '1e-05'],
    [-1.5e-7, '-1.5e-07'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ])('serializes %d like Python', (number, expected) => {
    expect(dump(number)).toBe(expected)
  })

  test('parses integers exactly and distinct from floats', () => {
    expect(parse('[9007199254740993, 1, 1.0, 1e3]')).toEqual([9007199254740993n, 1n, 1, 1000])
    expect(dump([9007199254740993n, 1n, 1])).toBe('[9007199254740993, 1, 1.0]')
  })

  test('parses megabytes of text in linear time, also with escapes or unterminated', () => {
    const long = 'x'.repeat(20_000_000)
    expect(parse(JSON.stringify([long]))).toEqual([long])
    const quotes = '"'.repeat(1_000_000)
    expect(parse(JSON.stringify([quotes]))).toEqual([quotes])
    expect(() => parse(`"${'\\"'.repeat(1_000_000)}`)).toThrow(SyntaxError)
    expect(() => parse(`"${'\\"'.repeat(1_000_000)}\\`)).toThrow(SyntaxError)
  })

  test('parses NaN and infinities of Python', () => {
    expect(parse('{"a": [NaN, -Infinity, Infinity], "NaN": "NaN"}')).toEqual({
      a: [Number.NaN, -Infinity, Infinity],
      NaN: 'NaN',
    })
  })

  test('keeps text except characters that databases cannot store', () => {
    expect(dump({ 'film "a"': '기생충\n', __proto__x: null })).toBe(
      '{"film \\"a\\"": "기생충\\n", "__proto__x": null}',
    )
    expect(cleanText('a\u0000b\ud800c\ufdd0')).toBe('a\ufffdb\ufffdc\ufffd')
    expect(Object.keys(parse('{"__proto__": 1}') as object)).toEqual(['__proto__'])
  })

  test.each([
    '',
    '{',
    '[1,]',
    "{'a': 1}",
    'nul',
    'NaNs',
    '{NaN: 1}',
    '{1: 1}',
    '+Infinity',
    `${'['.repeat(101)}${']'.repeat(101)}`,
  ])('rejects %s', (json) => {
    expect(() => parse(json)).toThrow(SyntaxError)
  })
})
