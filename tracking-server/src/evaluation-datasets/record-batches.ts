import { setImmediate } from 'node:timers/promises'
import { invalid } from '@cairn/platform/errors'
import { isList } from '../spans/value.js'
import { type RecordInput, readRecord } from './record-input.js'
import { readJson } from './wire.js'

/** Parsing this many characters takes some milliseconds. */
const BATCH_CHARACTERS = 48 * 1024
const MAX_RECORD_CHARACTERS = 1024 * 1024

/**
 * Parses a JSON list of records in batches, and lets other requests run between them: the text may have 16 MB.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field, e.g. `records[0].inputs`
 */
export async function* recordBatches(json: string): AsyncGenerator<readonly RecordInput[]> {
  let read = 0
  for (const text of listParts(json)) {
    const values = readJson(`[${text}]`, 'records')
    if (!isList(values)) throw malformed()
    const first = read
    read += values.length
    yield values.map((value, i) => readRecord(value, `records[${first + i}]`))
    await setImmediate()
  }
}

/** Yields the text between the brackets of a list, cut at commas between items. */
function* listParts(json: string): Generator<string> {
  const opening = json.search(/\S/)
  if (opening < 0) throw malformed()
  if (json[opening] !== '[') throw invalid("'records' must be a JSON list.")
  let start = opening + 1
  let item = start
  for (const end of itemEnds(json, start)) {
    if (end - item > MAX_RECORD_CHARACTERS)
      throw invalid(`'records' has a record with more than ${MAX_RECORD_CHARACTERS} characters.`)
    if (json[end] !== ',') return yield lastPart(json, start, end)
    item = end + 1
    if (item - start < BATCH_CHARACTERS) continue
    yield json.slice(start, end)
    start = item
  }
  throw malformed()
}

/** Yields the positions of the commas between items, and then that of the closing bracket, if it exists. */
function* itemEnds(json: string, start: number): Generator<number> {
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const letter = json[at]!
    if (letter === '"') at = endOfString(json, at)
    else if ('[{'.includes(letter)) depth++
    else if (']}'.includes(letter)) depth--
    if (depth < 0) return yield at
    if (letter === ',' && depth === 0) yield at
  }
}

/** @throws INVALID_PARAMETER_VALUE for a comma before the end, and for text after it */
function lastPart(json: string, start: number, end: number): string {
  const part = json.slice(start, end)
  const isAfterComma = json[start - 1] === ','
  if (json[end] !== ']' || /\S/.test(json.slice(end + 1)) || (isAfterComma && !/\S/.test(part)))
    throw malformed()
  return part
}

/** Returns the position of the closing quote, or the end of the text without one. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = json.indexOf('"', at)
    if (at < 0) return json.length
    let backslashes = 0
    while (json[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at
  }
}

const malformed = () => invalid("'records' is not valid JSON.")
