import { expect, test } from 'vitest'
import { prettyJson } from './pretty-json.js'
import { previewKind } from './preview-kind.js'

test('chooses the preview by file name', () => {
  const kinds = ['a/b.json', 'plot.PNG', 'model/MLmodel', 'page.html', 'factors.parquet', '.hidden'].map(
    previewKind,
  )
  expect(kinds).toEqual(['json', 'image', 'text', 'text', 'none', 'none'])
})

test('indents JSON without changing its value and wraps lists of scalars', () => {
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

test('returns text that is not JSON unchanged', () => {
  expect(prettyJson('{broken')).toBe('{broken')
})
