import type { Readable } from 'node:stream'

const MAX_LINE = 10_000
const WINDOW_MS = 100
/** Characters that one stream may deliver in a window: a task that prints in a loop waits, and the server stays responsive. */
const MAX_WINDOW = 256 * 1024

/**
 * Passes the lines of a stream on, with ANSI sequences. Of a line that a carriage return rewrote, as progress bars do, only the
 * last text is a line.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  let inWindow = 0
  const timer = setInterval(() => {
    inWindow = 0
    stream.resume()
  }, WINDOW_MS)
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lastRewrite(lines.pop()!).slice(-MAX_LINE)
    for (const line of lines) onLine(lastRewrite(line.replace(/\r+$/, '')).slice(0, MAX_LINE))
    inWindow += text.length
    if (inWindow > MAX_WINDOW) stream.pause()
  })
  stream.once('close', () => {
    clearInterval(timer)
    if (rest !== '') onLine(rest)
  })
}

/** A carriage return at the end may be half a line break. */
const lastRewrite = (line: string) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1)
