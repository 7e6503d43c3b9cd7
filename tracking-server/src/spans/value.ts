import { pythonFloat } from '@cairn/platform/mlflow/python'

/**
 * What an attribute of a span holds. Whole numbers are bigint: an int64 stays exact, and 1 differs from 1.0 as it
 * does to who sent it.
 */
export type Value = null | boolean | string | bigint | number | readonly Value[] | ValueMap
export interface ValueMap {
  readonly [key: string]: Value
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isMap = (value: Value): value is ValueMap =>
  typeof value === 'object' && value !== null && !isList(value)

/** Deeper than this nothing honest nests; protobuf stops here too. */
const MAX_DEPTH = 100

/** Marks what JSON has no word for. A noncharacter, which text that comes in is cleared of. */
const MARK = '\ufdd0'

/** Text as both databases can keep it: without NUL, half surrogate pairs and the mark. */
export const cleanText = (text: string) => text.replaceAll(/[\0\ufdd0]|\p{Surrogate}/gu, '\ufffd')

/** As Python's `json.dumps(value, ensure_ascii=False)` writes it, which is how MLflow's clients compare values. */
export const dump = (value: Value) => write(value, SPACED)

/** As `dump`, but valid JSON whatever the value. */
export const dumpStorable = (value: Value) => write(value, STORED)

/** As `dump`, without spaces between: how the server writes its other answers. */
export const dumpCompact = (value: Value) => write(value, COMPACT)

interface Style {
  readonly comma: string
  readonly colon: string
  readonly float: (number: number) => string
}

const SPACED: Style = { comma: ', ', colon: ': ', float: pythonFloat }
const COMPACT: Style = { comma: ',', colon: ':', float: pythonFloat }
const STORED: Style = { ...SPACED, float: storedFloat }

function write(value: Value, style: Style): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return style.float(value)
    case 'bigint':
    case 'boolean':
      return String(value)
  }
  if (value === null) return 'null'
  if (isList(value)) return `[${value.map((item) => write(item, style)).join(style.comma)}]`
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}${style.colon}${write(item, style)}`,
  )
  return `{${members.join(style.comma)}}`
}

function storedFloat(number: number): string {
  return Number.isFinite(number) ? pythonFloat(number) : `"${MARK}${number}"`
}

/** A text that never ends is one token too: were it none, each of its quotes would be tried to the end again. */
const TOKEN = /"[^"\\]*(?:\\.?[^"\\]*)*(?:"|$)|[[{]|[\]}]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/gs

/** Reads JSON as Python does: whole numbers exactly, also NaN. @throws SyntaxError, also where it nests too deep */
export function parse(json: string): Value {
  let depth = 0
  const marked = json.replace(TOKEN, (token) => {
    const first = token[0]!
    if (first === '"') return token
    if (first === '[' || first === '{') {
      if (++depth > MAX_DEPTH) throw new SyntaxError(`JSON nested deeper than ${MAX_DEPTH}`)
      return token
    }
    if (first === ']' || first === '}') {
      depth--
      return token
    }
    return `"${MARK}${token}"`
  })
  return JSON.parse(marked, (key, value) => {
    if (key.startsWith(MARK)) throw new SyntaxError('A name in JSON is a text')
    return typeof value === 'string' && value.startsWith(MARK) ? numberOf(value.slice(1)) : value
  }) as Value
}

/** As `parse`, with texts that both databases can keep. */
export const parseClean = (json: string): Value => cleanValue(parse(json))

/** As `parse`; a text that is no JSON stays the text it is. What escapes stand for is cleaned as the text was. */
export function parseOrKeep(text: string): Value {
  try {
    return parseClean(text)
  } catch {
    return text
  }
}

/** The same, with texts that both databases can keep. */
export function cleanValue(value: Value): Value {
  if (typeof value === 'string') return cleanText(value)
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.map(cleanValue)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanValue(item)]))
}

const numberOf = (text: string): bigint | number => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))
