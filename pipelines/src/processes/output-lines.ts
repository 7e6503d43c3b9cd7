import type { Readable } from 'node:stream'
import { lastRewrite, unfinishedRewrite } from '@cairn/platform/processes/line-splitter'
import { readPacedText } from '@cairn/platform/processes/paced-text'
import type { Redactor } from '@cairn/platform/secrets/redactor'

const MAX_LINE = 10_000
/** A line that is rewritten for a long time, such as a progress bar, is passed on at this interval. */
const REWRITTEN_EVERY_MS = 10_000

interface LineOptions {
  readonly redactor: Redactor
  /** True if each rewriting of a line ends with a line break, as in the output of papermill. */
  readonly breaksRewrites?: boolean
}

/**
 * Passes the lines of a stream on, with ANSI sequences. Carriage returns rewrite a line, as in progress bars: only its
 * last text is a line, or one every ten seconds. Secrets are redacted, also across chunks.
 */
export function readLines(
  stream: Readable,
  { redactor, breaksRewrites = false }: LineOptions,
  onLine: (line: string) => void,
): void {
  let rest = ''
  let rewritten: string | undefined
  let passedAt = Date.now()
  const rewrites = (line: string) => breaksRewrites && line.startsWith('\r')
  const pass = (line: string) => {
    passedAt = Date.now()
    onLine(line.slice(0, MAX_LINE))
  }
  const passRewritten = () => {
    if (rewritten !== undefined) pass(rewritten)
    rewritten = undefined
  }
  const addLine = (line: string) => {
    const text = lastRewrite(line)
    if (rewrites(line)) rewritten = text
    else {
      passRewritten()
      pass(text)
    }
  }
  const add = (text: string) => {
    const lines = (rest + text).split('\n')
    const last = lines.pop()!
    for (const line of lines) addLine(line)
    rest = (rewrites(last) ? '\r' : '') + unfinishedRewrite(last).slice(-MAX_LINE)
    if (Date.now() - passedAt < REWRITTEN_EVERY_MS) return
    passRewritten()
    if (last.includes('\r') && rest.trim() !== '') pass(rest.replaceAll('\r', ''))
  }
  readPacedText(stream, (text) => add(redactor.push(text)))
  stream.once('close', () => {
    add(redactor.end())
    if (rest !== '') addLine(rest)
    passRewritten()
  })
}
