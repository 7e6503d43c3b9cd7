import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shortestFloat } from './decimal.js'
import type { Value } from './document.js'
import { readJson } from './json-read.js'
import { readUbj } from './ubj-read.js'
import { writeUbj } from './ubj-write.js'

const json = (text: string) => readJson(Buffer.from(text), 'model.json')
const ubj = (...parts: (string | number[])[]) =>
  readUbj(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))), 'model.ubj')

test('writes any float32 in at most nine digits and reads it back', () => {
  const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(bits, (word) => {
      const [float = 0] = new Float32Array(Uint32Array.of(word).buffer)
      const text = shortestFloat(float)
      const back = json(`[${text}]`) as Float64Array
      expect(Object.is(Math.fround(back[0]!), float)).toBe(true)
      expect(text.replace(/E.*/, '').replace(/\D/g, '').length).toBeLessThanOrEqual(9)
    }),
    { numRuns: 5000 },
  )
})

test('reads any double like Number()', () => {
  const wild = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: -330, max: 310 })).map(([a, b]) => `${a}e${b}`)
  fc.assert(
    fc.property(fc.oneof(fc.double().map(String), wild), (text) => {
      const [number] = json(`[${text}]`) as Float64Array
      expect(Object.is(number, Number(text))).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('reads JSON like JSON.parse, with lists of numbers as typed arrays', () => {
  const plain = (value: Value): unknown =>
    ArrayBuffer.isView(value)
      ? Array.from(value as Float64Array)
      : Array.isArray(value)
        ? value.map(plain)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
          : value
  const texts = fc.string({ unit: 'grapheme' })
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      texts,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      tie('list'),
      tie('object'),
    ),
    list: fc.oneof(fc.array(fc.integer()), fc.array(texts), fc.array(tie('object'))),
    object: fc.dictionary(
      texts.filter((key) => key !== '__proto__'),
      tie('tree'),
    ),
  }))
  fc.assert(
    fc.property(tree, fc.boolean(), (value, spaced) => {
      const text = JSON.stringify(value, null, spaced ? '\t' : undefined)
      expect(plain(json(text))).toEqual(JSON.parse(text))
    }),
  )
})

test('reads bare NaN and infinities, and booleans as ones and zeros', () => {
  expect(json('[NaN, nan, -nan, inf, -Infinity, -inf, 1E-45, -0]')).toEqual(
    Float64Array.of(NaN, NaN, NaN, Infinity, -Infinity, -Infinity, 1e-45, -0),
  )
  expect(json('[true,false]')).toEqual(Float64Array.of(1, 0))
})

test('treats keys such as __proto__ as data', () => {
  const document = json('{"__proto__": {"polluted": "yes"}, "constructor": "x"}') as Record<string, unknown>
  expect(Object.getPrototypeOf(document)).toBeNull()
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(document.constructor).toBe('x')
})

test('round-trips UBJSON', () => {
  const lists: Value[] = [
    Float32Array.of(1.5, NaN, -Infinity),
    Float64Array.of(Math.PI),
    Int8Array.of(-1),
    Uint8Array.of(255),
    Int16Array.of(-300),
    Int32Array.of(2 ** 31 - 1),
    BigInt64Array.of(-1n),
    [],
    [1, -200, 70_000, 2 ** 40, 'x', null, true],
  ]
  const value = { a: 'Hangul 영화', b: lists, c: {} }
  const [bytes, read] = [writeUbj(value), readUbj(writeUbj(value), 'model.ubj')]
  expect(writeUbj(read)).toEqual(bytes)
  expect((read as typeof value).b).toEqual(lists)
})

const long = (n: number | bigint) => {
  const bytes = Buffer.alloc(9)
  bytes.write('L')
  bytes.writeBigInt64BE(BigInt(n), 1)
  return [...bytes]
}

describe('rejects broken and hostile bytes with the position', () => {
  test.each([
    ['{"a" 1}', /expected ':' at byte 5/],
    ['{"a":1', /expected ',' or '}'/],
    ['{a:1}', /expected a key/],
    ['[1,2', /expected a number, ',' or '\]'/],
    ['[1,"x"]', /expected a value/],
    ['["x",]', /expected a value/],
    ['[1,]', /expected a value/],
    ['[1.2.3]', /expected/],
    ['[0x10]', /expected/],
    ['nope', /expected a value/],
    ['"abc', /expected the end of a string/],
    ['"\\u12"', /expected a string/],
    ['{} {}', /expected the end/],
    ['', /expected a value/],
    [`[${'9'.repeat(1000)}]`, /expected a value/],
    ['['.repeat(1e6), /nested deeper than 32/],
    ['{"a":'.repeat(1e5), /nested deeper than 32/],
  ])('JSON %.20s', (text, message) => {
    expect(() => json(text)).toThrow(message)
  })

  test.each([
    ['a 1 GB text', () => ubj('S', long(1e9)), /1000000000 bytes are declared, but 0 remain/],
    ['a 1 GB list', () => ubj('[$d#', long(25e7), 'abcd'), /1000000000 bytes are declared, but 4 remain/],
    ['a list beyond all numbers', () => ubj('[$L#', long(2n ** 62n)), /bytes are declared/],
    ['a 1 GB list of single values', () => ubj('[#', long(1e9), 'ZZZ'), /unexpected end/],
    ['a negative length', () => ubj('S', long(-1)), /a length is negative/],
    ['a length that is a float', () => ubj('Sd', [0, 0, 0, 0]), /a length is not an integer/],
    ['a typed list without length', () => ubj('[$dx'), /without a length/],
    ['a list of lists', () => ubj('[$[#', long(1)), /a list of '\['/],
    ['a high-precision number', () => ubj('H', long(1), '1'), /'H' is not a value/],
    ['nothing', () => ubj(''), /unexpected end/],
    ['an open object', () => ubj('{'), /unexpected end/],
    ['a second value', () => ubj('ZZ'), /unexpected data after the end/],
    ['a million lists', () => ubj('['.repeat(1e6)), /nested deeper than 32/],
    ['ten million values', () => ubj('[', 'Z'.repeat(1e7), ']'), /more than 8388608 values/],
  ])('UBJSON: %s', (_, read, message) => {
    expect(read).toThrow(message)
  })
})
