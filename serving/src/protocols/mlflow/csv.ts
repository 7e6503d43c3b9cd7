import { invalid } from '@cairn/platform/errors'

const MAX_COLUMNS = 100_000

/**
 * Reads the records of a CSV text (RFC 4180) with any line ends. Blank lines are skipped, as by pandas.
 *
 * @throws INVALID_PARAMETER_VALUE naming the line
 */
export function* csvRecords(text: string): Generator<string[]> {
  let line = 1
  for (let at = 0; at < text.length; ) {
    if (isLineEnd(text.charCodeAt(at))) {
      if (endsLine(text, at)) line++
      at++
      continue
    }
    const { fields, end } = readRecord(text, at, line)
    if (fields.length > 1 || fields[0]!.trim() !== '' || text[at] === '"') yield fields
    line += countLines(text, at, end)
    at = end
  }
}

interface Field {
  readonly value: string
  /** Index of the character after the field. */
  readonly end: number
}

function readRecord(text: string, start: number, line: number) {
  const fields: string[] = []
  for (let at = start; ; at++) {
    const { value, end } = text[at] === '"' ? readQuoted(text, at, line) : readPlain(text, at)
    if (fields.push(value) > MAX_COLUMNS) throw invalid(`Line ${line} has more than ${MAX_COLUMNS} fields.`)
    at = end
    if (text[at] !== ',') return { fields, end: endOfLine(text, at, line) }
  }
}

function readPlain(text: string, start: number): Field {
  let end = start
  while (end < text.length && !isSeparator(text.charCodeAt(end))) end++
  return { value: text.slice(start, end), end }
}

const [COMMA, LINE_FEED, RETURN] = [44, 10, 13]
const isLineEnd = (code: number) => code === LINE_FEED || code === RETURN
const isSeparator = (code: number) => code === COMMA || isLineEnd(code)
/** A carriage return and a line feed end one line. */
const endsLine = (text: string, at: number) =>
  text.charCodeAt(at) === LINE_FEED ||
  (text.charCodeAt(at) === RETURN && text.charCodeAt(at + 1) !== LINE_FEED)

/** Two quotes are a quote of the value. */
function readQuoted(text: string, start: number, line: number): Field {
  let end = text.indexOf('"', start + 1)
  const isPlain = text[end + 1] !== '"'
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  if (end < 0) throw invalid(`Line ${line}: a quoted field has no end.`)
  const value = text.slice(start + 1, end)
  return { value: isPlain ? value : value.replaceAll('""', '"'), end: end + 1 }
}

function endOfLine(text: string, at: number, line: number): number {
  if (at >= text.length) return at
  if (text[at] === '\n') return at + 1
  if (text[at] === '\r') return text[at + 1] === '\n' ? at + 2 : at + 1
  throw invalid(`Line ${line}: a quoted field must be followed by a comma or the end of the line.`)
}

/** Quoted fields may have several lines. */
function countLines(text: string, start: number, end: number): number {
  let lines = 0
  for (let at = start; at < end; at++) if (endsLine(text, at)) lines++
  return lines
}
