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

test('rejects other text', () => {
  for (const text of ['{"a": nan}', '[NaN', '{"a": InfinityNaN}', 'NaN5', '[+Infinity]'])
    expect(() => parseJson(text), text).toThrow(SyntaxError)
  expect(parseJson('NaN')).toBeNaN()
})
