import { expect, test } from 'vitest'
import { csvLine } from './csv.js'

test.each([
  ['plain', '"plain"'],
  ['', '""'],
  ['a "b", c', '"a ""b"", c"'],
  ['x;=HYPERLINK("u")', '"x;=HYPERLINK(""u"")"'],
  ['=1', `"'=1"`],
  ['\r=1', `"'\r=1"`],
  ['\n=1', `"'\n=1"`],
  ['\t=1', `"'\t=1"`],
])('%j is one inert field', (text, field) => {
  expect(csvLine([text, text])).toBe(`${field},${field}\r\n`)
})
