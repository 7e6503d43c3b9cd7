/** Control characters, and those that turn the direction of text: a name with them could rewrite other lines. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
const COLOURS_OR_CONTROLS = new RegExp(`\u001b\\[[\\d;:]*m|${CONTROLS.source}`, 'gu')
const RESET = '\u001b[0m'

/** Shows control characters as `\n` or `\u001b`, except those in `kept`. */
export const escapeControls = (text: string, kept = '') =>
  text.replace(CONTROLS, (character) => (kept.includes(character) ? character : escaped(character)))

/** Text for stdout: only a terminal, not a file or a pipe, gets control characters other than line breaks and tabs as text. */
export const forStdout = (text: string) =>
  process.stdout.isTTY ? escapeControls(text.replaceAll('\r\n', '\n'), '\n\t') : text

/** Prints a sentence on stderr that may have names of others. */
export const printNotice = (sentence: string) =>
  void process.stderr.write(`${escapeControls(sentence, '\n\t')}\n`)

/** A line of a log, in which only colours reach the terminal. They end with the line. */
export function logLine(message: string): string {
  const line = message.replace(COLOURS_OR_CONTROLS, (found) =>
    found.length > 1 || found === '\t' ? found : escaped(found),
  )
  return line.includes('\u001b') ? line + RESET : line
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (character: string) =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
