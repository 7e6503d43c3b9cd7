import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from './progress.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function written(isTTY: boolean) {
  const texts: string[] = []
  const write = (text: string) => texts.push(text) > 0
  return { texts, progress: new Progress({ isTTY, write: write as NodeJS.WriteStream['write'] }) }
}

test('adds a line every half minute where nothing overwrites it, and none to a short copy', () => {
  const { texts, progress } = written(false)
  for (let second = 0; second < 61; second++) {
    progress.count('runs')
    vi.advanceTimersByTime(1000)
  }
  progress.done()
  expect(texts).toEqual([
    '31 runs · 0 points · 0 files, 0.0 MB · 0 traces · 0 versions\n',
    '61 runs · 0 points · 0 files, 0.0 MB · 0 traces · 0 versions\n',
  ])
})

test('redraws one line on a terminal and clears it at the end', () => {
  const { texts, progress } = written(true)
  progress.count('runs')
  vi.advanceTimersByTime(100)
  progress.count('runs')
  vi.advanceTimersByTime(200)
  progress.file(2_500_000)
  progress.done()
  expect(texts).toEqual([
    '\r1 runs · 0 points · 0 files, 0.0 MB · 0 traces · 0 versions   ',
    '\r2 runs · 0 points · 1 files, 2.5 MB · 0 traces · 0 versions   ',
    `\r${' '.repeat(100)}\r`,
  ])
})
