import { expect, onTestFinished, test } from 'vitest'
import { escapeControls, forStdout, logLine } from './terminal-text.js'

test.each([
  ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u009b2J\u007f', '\\u009b2J\\u007f'],
  ['\u202egnp.exe\u2066\u200f', '\\u202egnp.exe\\u2066\\u200f'],
  ['영화 é 👩\u200d🔬', '영화 é 👩\u200d🔬'],
])('shows the control characters of %j', (text, shown) => expect(escapeControls(text)).toBe(shown))

test('keeps the characters that the caller prints itself', () => {
  expect(escapeControls('a\nb\tc\u001b', '\n\t')).toBe('a\nb\tc\\u001b')
})

test('a line of a log keeps its colours to its end, and no other control sequence', () => {
  expect(logLine('\u001b[1;31mred\u001b[2J\u001b]52;c;eA==\u0007\tx')).toBe(
    '\u001b[1;31mred\\u001b[2J\\u001b]52;c;eA==\\u0007\tx\u001b[0m',
  )
  expect(logLine('loss = 0.1')).toBe('loss = 0.1')
})

test('text for a terminal has no control characters, and that for a file or a pipe is unchanged', () => {
  const { isTTY } = process.stdout
  onTestFinished(() => void Object.assign(process.stdout, { isTTY }))
  const text = '{"name":"a\u009b2J\u202e"}\r\n'
  process.stdout.isTTY = false
  expect(forStdout(text)).toBe(text)
  process.stdout.isTTY = true
  expect(forStdout(text)).toBe('{"name":"a\\u009b2J\\u202e"}\n')
})
