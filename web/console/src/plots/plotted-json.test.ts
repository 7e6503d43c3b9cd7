import { expect, test } from 'vitest'
import { parseJson } from '../artifacts/python-json.js'
import { plotKindsOf } from './plot-kinds.js'
import { toPlottedTable } from './plotted-json.js'

test('columns that plots know are a table, as `log_dict` writes them, also with NaN', () => {
  const table = toPlottedTable(parseJson('{"label": [0, 1, 0], "score": [0.1, NaN, 0.3]}'))!
  expect(table).toEqual({
    columns: ['label', 'score'],
    rows: [
      [0, 0.1],
      [1, Number.NaN],
      [0, 0.3],
    ],
  })
  expect(plotKindsOf(table)).toContain('roc')
})

test.each([
  '{"layers": [64, 32], "dropout": [0.1, 0.2]}',
  '{"label": [0, 1], "score": [0.1]}',
  '{}',
  '{"label": 1}',
])('%s is no table', (text) => {
  expect(toPlottedTable(parseJson(text))).toBeUndefined()
})
