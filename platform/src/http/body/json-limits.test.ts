import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkJson, checkJsonLimits, THREAD_LIMITS } from './json-limits.js'

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
  ['a NUL in a long text', JSON.stringify(`${'\\"'.repeat(100_000)}\0`), /NUL character/],
  ['escaped quotes', JSON.stringify('"'.repeat(5_000_000)), /4000000 escaped characters/],
  [
    'opening brackets',
    '['.repeat(100_000),
    /^The request body is nested deeper than 200 lists and objects\.$/,
  ],
  ['opening braces', '{"a":'.repeat(100_000), /deeper than 200/],
  ['ever new names', names(11_000), /^The request body contains more than 10000 different names:/],
  ['ever new names before a space', names(11_000, ' '), /10000 different names/],
])('rejects a body of %s', (_, text, sentence) => {
  expect(() => checkJson(text)).toThrow(sentence)
})

test.each([
  ['metrics', filled('{"key":"loss","value":0.1,"timestamp":1700000000000,"step":1}', 2_000_000)],
  ['long texts', filled(JSON.stringify('some \\"{[,'.repeat(2_000)))],
  ['nested lists', `[${'['.repeat(199)}${']'.repeat(199)},"${'x'.repeat(100_000)}"]`],
  ['brackets in a text', JSON.stringify({ text: '[{"\\'.repeat(1_500_000) })],
  ['many names', names(9_900)],
  ['an open text', `"${'x'.repeat(2_000_000)}\\`],
])('accepts a body of %s', (_, text) => {
  expect(() => checkJson(text)).not.toThrow()
})

test('does not count brackets inside of strings', () => {
  const fill = ',"x"'.repeat(100_000)
  fc.assert(
    fc.property(fc.array(fc.json(), { maxLength: 20 }), (texts) => {
      const listed = `["x"${texts.map((text) => `,${JSON.stringify(text)}`).join('')}`
      expect(() => checkJson(`${listed}${fill}]`)).not.toThrow()
      expect(() => checkJson(`${listed}${fill}${',[]'.repeat(50_000)}]`)).toThrow(/200000 values/)
    }),
    { numRuns: 10 },
  )
})

test('a body that a thread parses may have more values and names', () => {
  for (const text of [filled('1', 7_000_000), filled('[1,2,3,4,5,6,7,8]', 6_000_000), names(90_000)])
    expect(() => checkJsonLimits(text, THREAD_LIMITS)).not.toThrow()
  expect(() => checkJsonLimits(filled('1'), THREAD_LIMITS)).toThrow('more than 4000000 values')
  expect(() => checkJsonLimits(filled('[]'), THREAD_LIMITS)).toThrow('more than 1000000 lists and objects')
  expect(() => checkJsonLimits(names(110_000), THREAD_LIMITS)).toThrow('100000 different names')
})
