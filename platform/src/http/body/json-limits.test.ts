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
  ['empty lists', filled('[]'), /^The request body contains more than 200000 values:/],
  ['empty objects', filled('{}'), /200000 values/],
  ['numbers', filled('1'), /200000 values/],
  ['texts', filled('"1"'), /200000 values/],
  [
    'opening brackets',
    '['.repeat(100_000),
    /^The request body is nested deeper than 200 lists and objects\.$/,
  ],
  ['opening braces', '{"a":'.repeat(100_000), /deeper than 200/],
  ['ever new names', names(11_000), /^The request body contains more than 10000 different names:/],
  ['ever new names before a space', names(11_000, ' '), /10000 different names/],
])('rejects a body of %s', (_, text, sentence) => {
  expect(() => checkJsonLimits(text)).toThrow(sentence)
})

test.each([
  ['metrics', filled('{"key":"loss","value":0.1,"timestamp":1700000000000,"step":1}', 2_000_000)],
  ['long texts', filled(JSON.stringify('\\"{[,'.repeat(2_000)))],
  ['nested lists', `[${'['.repeat(199)}${']'.repeat(199)},"${'x'.repeat(100_000)}"]`],
  ['brackets in a text', JSON.stringify({ text: '[{"\\'.repeat(4_000_000) })],
  ['many names', names(9_900)],
  ['an open text', `"${'x'.repeat(2_000_000)}\\`],
])('accepts a body of %s', (_, text) => {
  expect(() => checkJsonLimits(text)).not.toThrow()
})

test('does not count brackets inside of strings', () => {
  const fill = ',"x"'.repeat(100_000)
  fc.assert(
    fc.property(fc.array(fc.json(), { maxLength: 20 }), (texts) => {
      const listed = `["x"${texts.map((text) => `,${JSON.stringify(text)}`).join('')}`
      expect(() => checkJsonLimits(`${listed}${fill}]`)).not.toThrow()
      expect(() => checkJsonLimits(`${listed}${fill}${',[]'.repeat(50_000)}]`)).toThrow(/200000 values/)
    }),
    { numRuns: 10 },
  )
})
