import { expect, test } from 'vitest'
import { toTable } from './json-table.js'
import { parseJson } from './python-json.js'

test('reads NaN and infinities as Python writes them, and keeps the words in strings', () => {
  const text = String.raw`{"columns": ["note", "score"], "data": [["NaN \" Infinity", NaN], ["", -Infinity], [":NaN,", Infinity]]}`
  expect(toTable(parseJson(text))?.rows).toEqual([
    ['NaN " Infinity', Number.NaN],
    ['', -Infinity],
    [':NaN,', Infinity],
  ])
})

test('rejects a string that is cut off among many escaped quotes in linear time', () => {
  const escaped = String.raw`{\"a\": NaN}`.repeat(100_000)
  for (const end of ['', '\\']) expect(() => parseJson(`{"text": "${escaped}${end}`)).toThrow(SyntaxError)
})

test('rejects other text', () => {
  for (const text of ['{"a": nan}', '[NaN', '{"a": InfinityNaN}', 'NaN5', '[+Infinity]'])
    expect(() => parseJson(text), text).toThrow(SyntaxError)
  expect(parseJson('NaN')).toBeNaN()
})
