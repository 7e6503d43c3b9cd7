import { expect, test } from 'vitest'
import { findMatches, plainText, segmentsOf, spansOf } from './log-text.js'

const RED = '\u001b[1;31mfailed\u001b[0m: 3'

test('splits a line by its ANSI colours, and drops sequences that move the cursor', () => {
  expect(spansOf('plain')).toEqual([{ text: 'plain', style: '' }])
  expect(spansOf(`${RED}\u001b[2K`)).toEqual([
    { text: 'failed', style: 'ansi-red ansi-bold' },
    { text: ': 3', style: '' },
  ])
  expect(plainText(RED)).toBe('failed: 3')
})

test('finds a text in lines without regard to case, across colours', () => {
  const lines = [{ message: 'Loss 1, loss 2' }, { message: RED }]
  expect(findMatches(lines, 'LOSS')).toEqual([
    { line: 0, from: 0, to: 4 },
    { line: 0, from: 8, to: 12 },
  ])
  expect(findMatches(lines, 'ed: 3')).toEqual([{ line: 1, from: 4, to: 9 }])
  expect(findMatches(lines, '')).toEqual([])
})

test('cuts a line at the ends of its matches', () => {
  const [match] = findMatches([{ message: RED }], 'ed: ')
  expect(segmentsOf(spansOf(RED), [match!])).toEqual([
    { text: 'fail', style: 'ansi-red ansi-bold' },
    { text: 'ed', style: 'ansi-red ansi-bold', match },
    { text: ': ', style: '', match },
    { text: '3', style: '' },
  ])
})
