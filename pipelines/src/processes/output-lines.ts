import type { Readable } from 'node:stream'
import { readPacedText } from '@cairn/platform/processes/paced-text'
import type { Redactor } from '@cairn/platform/secrets/redactor'

const MAX_LINE = 10_000

/**
 * Passes the lines of a stream on, with ANSI sequences. Of a line that a carriage return rewrote, as progress bars do, only the
 * last text is a line. Secrets are redacted, also across chunks.
 */
export function readLines(stream: Readable, redactor: Redactor, onLine: (line: string) => void): void {
  let rest = ''
  const add = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lastRewrite(lines.pop()!).slice(-MAX_LINE)
    for (const line of lines) onLine(lastRewrite(line.replace(/\r+$/, '')).slice(0, MAX_LINE))
  }
  readPacedText(stream, (text) => add(redactor.push(text)))
  stream.once('close', () => {
    add(redactor.end())
    if (rest !== '') onLine(rest)
  })
}

/** A carriage return at the end may be half a line break. */
const lastRewrite = (line: string) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1)
