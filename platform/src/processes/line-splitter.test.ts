import { expect, test } from 'vitest'
import { LineSplitter } from './line-splitter.js'

function linesOf(...chunks: string[]) {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  for (const chunk of chunks) splitter.add(chunk)
  splitter.end()
  return lines
}

test('splits text into lines, and passes the last text of a rewritten line on', () => {
  expect(linesOf('a\r', '\nb\n\n1%', '\r2%\r3%\nlast\r')).toEqual(['a', 'b', '3%', 'last'])
})

test('several carriage returns at the end of a line or a chunk do not rewrite it', () => {
  expect(linesOf('a\r\r\nb\r\r', '\nc\r\r', 'd\ne\r\r')).toEqual(['a', 'b', 'd', 'e'])
})

test('a megabyte of carriage returns takes linear time', () => {
  const returns = '\r'.repeat(1_000_000)
  expect(linesOf(`a${returns}b\n`, `c${returns}\n`, `d${returns}`)).toEqual(['b', 'c', 'd'])
})
