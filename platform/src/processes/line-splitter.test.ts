import { expect, test } from 'vitest'
import { LineSplitter } from './line-splitter.js'

test('splits text into lines, of which the last rewriting counts', () => {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  for (const text of ['a\r', '\nb\n\n1%', '\r2%\r3%\nlast\r']) splitter.add(text)
  splitter.end()
  expect(lines).toEqual(['a', 'b', '3%', 'last'])
})
