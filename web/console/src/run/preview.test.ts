import { expect, test } from 'vitest'
import { prettyJson } from './pretty-json.js'
import { previewKind } from './preview-kind.js'

test('how a file is shown goes by its name', () => {
  const kinds = ['a/b.json', 'plot.PNG', 'model/MLmodel', 'page.html', 'factors.parquet', '.hidden'].map(
    previewKind,
  )
  expect(kinds).toEqual(['json', 'image', 'text', 'text', 'none', 'none'])
})

test('JSON is indented and stays the same value; lists of plain values share lines', () => {
  const value = {
    users: Array.from({ length: 60 }, (_, i) => i),
    empty: [],
    none: {},
    deep: [{ a: [1, 'x'] }],
  }
  const text = prettyJson(JSON.stringify(value))
  expect(JSON.parse(text)).toEqual(value)
  expect(text).toContain('"a": [1, "x"]')
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(96)
})

test('what is no JSON is shown as it is', () => {
  expect(prettyJson('{broken')).toBe('{broken')
})
