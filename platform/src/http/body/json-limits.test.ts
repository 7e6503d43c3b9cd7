import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkJsonLimits } from './json-limits.js'

const filled = (unit: string, length = 16_000_000) =>
  `{"a":[${Array(Math.floor(length / (unit.length + 1)))
    .fill(unit)
    .join(',')}]}`

const names = (count: number, space = '') =>
  `{${Array.from({ length: count }, (_, i) => `"name ${i}"${space}:0`).join(',')}}`

test.each([
  ['empty lists', filled('[]'), /^The request body contains more than 1000000 lists and objects:/],
  ['empty objects', filled('{}'), /1000000 lists and objects/],
  ['opening brackets', '['.repeat(2_000_000), /1000000 lists and objects/],
  ['ever new keys', names(110_000), /^The request body contains more than 100000 different keys:/],
  ['ever new keys before a space', names(110_000, ' '), /100000 different keys/],
])('rejects a body of %s', (_, text, sentence) => {
  expect(() => checkJsonLimits(text)).toThrow(sentence)
})

test.each([
  ['metrics', filled('{"key":"loss","value":0.1,"timestamp":1700000000000,"step":1}')],
  ['numbers', filled('1')],
  ['rows', filled('[1,2,3,4,5,6,7,8]')],
  ['brackets in a text', JSON.stringify({ text: '[{"\\'.repeat(4_000_000) })],
  ['many names', names(90_000)],
  ['an open text', `"${'x'.repeat(2_000_000)}\\`],
])('accepts a body of %s', (_, text) => {
  expect(() => checkJsonLimits(text)).not.toThrow()
})

test('does not count brackets inside of strings', () => {
  const fill = ',"x"'.repeat(300_000)
  fc.assert(
    fc.property(fc.array(fc.json(), { maxLength: 20 }), (texts) => {
      const listed = `["x"${texts.map((text) => `,${JSON.stringify(text)}`).join('')}`
      expect(() => checkJsonLimits(`${listed}${fill}]`)).not.toThrow()
      expect(() => checkJsonLimits(`${listed}${fill}${',[]'.repeat(1_000_000)}]`)).toThrow(
        /lists and objects/,
      )
    }),
    { numRuns: 10 },
  )
})
