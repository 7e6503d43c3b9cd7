import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Redactor } from '@cairn/platform/secrets/redactor'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readLines } from './output-lines.js'

async function linesOf(chunks: readonly string[], breaksRewrites = false): Promise<string[]> {
  const stream = new PassThrough()
  const lines: string[] = []
  readLines(stream, { redactor: new Redactor([]), breaksRewrites }, (line) => lines.push(line))
  for (const chunk of chunks) {
    stream.write(chunk)
    await nextTurn()
  }
  stream.end()
  await once(stream, 'close')
  return lines
}

test('keeps the last text of a line that is rewritten', async () => {
  expect(await linesOf(['a\r\nb', '\n1%\r2', '%\r3%\nend\r'])).toEqual(['a', 'b', '3%', 'end'])
  expect(await linesOf(['a\n\rb\n\rc\n'])).toEqual(['a', 'b', 'c'])
})

test('keeps the last one of rewritings that end with a line break', async () => {
  const printed = ['before\n', '\r1%\n', '\r', '2%\n\r3%\n', 'after\n', '\r9%\n']
  expect(await linesOf(printed, true)).toEqual(['before', '3%', 'after', '9%'])
})

test.each([
  ['a line', ['1%\r', '2%\r', '3%\r', '4%\n'], false],
  ['lines', ['\r1%\n', '\r2%\n', '\r3%\n', '\r4%\n'], true],
] as const)('passes %s that is rewritten for long on every ten seconds', async (_, chunks, breaks) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const stream = new PassThrough()
  const lines: string[] = []
  readLines(stream, { redactor: new Redactor([]), breaksRewrites: breaks }, (line) => lines.push(line))
  for (const [index, chunk] of chunks.entries()) {
    if (index === 2) vi.advanceTimersByTime(10_000)
    stream.write(chunk)
    await nextTurn()
  }
  stream.end()
  await once(stream, 'close')
  expect(lines).toEqual(['3%', '4%'])
})
