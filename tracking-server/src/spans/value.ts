import { pythonFloat } from '@cairn/platform/mlflow/python'

/** The value of a span attribute. Integers are bigint, so that an int64 stays exact and 1 is distinct from 1.0. */
export type Value = null | boolean | string | bigint | number | readonly Value[] | ValueMap
export interface ValueMap {
  readonly [key: string]: Value
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isMap = (value: Value): value is ValueMap =>
  typeof value === 'object' && value !== null && !isList(value)

/** The maximum nesting depth, which is the same as that of protobuf. */
const MAX_DEPTH = 100

/** The prefix of strings that stand for values that JSON cannot express. It is a noncharacter, and is removed from input. */
const MARK = '\ufdd0'

/** Replaces characters that the databases cannot store: NUL, lone surrogates, and the mark. */
export const cleanText = (text: string) => text.replaceAll(/[\0\ufdd0]|\p{Surrogate}/gu, '\ufffd')

/** Serializes like Python's `json.dumps(value, ensure_ascii=False)`, because MLflow's clients compare serialized values. */
export const dump = (value: Value) => write(value, SPACED)

/** Like `dump`, but returns valid JSON for all values. */
export const dumpStorable = (value: Value) => write(value, STORED)

/** Like `dump`, without spaces, like the server's other responses. */
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

/** Also matches an unterminated string, because otherwise each of its quotes would be scanned to the end, in quadratic time. */
const TOKEN = /"[^"\\]*(?:\\.?[^"\\]*)*(?:"|$)|[[{]|[\]}]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/gs

/** Parses JSON as Python does, with exact integers and NaN. @throws SyntaxError, also if it is nested too deeply */
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
    if (key.startsWith(MARK)) throw new SyntaxError('A name in JSON must be a string')
    return typeof value === 'string' && value.startsWith(MARK) ? numberOf(value.slice(1)) : value
  }) as Value
}

/** Like `parse`, with strings that the databases can store. */
export const parseClean = (json: string): Value => cleanValue(parse(json))

/** Like `parseClean`, but returns the text itself if it is not JSON. */
export function parseOrKeep(text: string): Value {
  try {
    return parseClean(text)
  } catch {
    return text
  }
}

/** Cleans all strings and names of a value. */
export function cleanValue(value: Value): Value {
  if (typeof value === 'string') return cleanText(value)
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.map(cleanValue)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanValue(item)]))
}

const numberOf = (text: string): bigint | number => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))
