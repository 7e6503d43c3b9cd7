import { ApiError } from '../errors.js'

export type Quote = "'" | '"' | '`'

/** A token of a filter or of an ordering clause with its position. */
export type Token = { readonly text: string; readonly position: number } & (
  | { readonly kind: 'name'; readonly entity: string | undefined; readonly key: string }
  /** The text without quotes, in which doubled quotes are unescaped. */
  | { readonly kind: 'string'; readonly quote: Quote; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'operator' }
  | { readonly kind: 'mark'; readonly mark: '(' | ')' | ',' | ';' }
)

const SPACE = /\s+/y
const NUMBER = /[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?(?![\p{L}\p{N}_.])/iuy
const OPERATOR = /<>|!=|>=|<=|==|=|<|>/y
const MARK = /[(),;]/y
const QUOTED = /'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`/y
const WORD = /[\p{L}\p{N}_\-/:@+]+/uy
/** Matches an unquoted key after the dot of an entity. */
const BARE_KEY = /[\p{L}\p{N}_\-/:@+.]+/uy

/** Splits a text into tokens. @throws INVALID_PARAMETER_VALUE with the position of an invalid token in `details` */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let position = match(SPACE, text, 0)?.length ?? 0
  while (position < text.length) {
    const token = tokenAt(text, position)
    if (!token) throw invalidClause(text.slice(position), position)
    tokens.push(token)
    position += token.text.length
    position += match(SPACE, text, position)?.length ?? 0
  }
  return tokens
}

/** In MLflow's words. */
export const invalidClause = (clause: string, position: number) =>
  new ApiError('INVALID_PARAMETER_VALUE', `Invalid clause(s) in filter string: '${clause}'`, {
    details: { position },
  })

function tokenAt(text: string, position: number): Token | undefined {
  const number = match(NUMBER, text, position)
  if (number) return { kind: 'number', text: number, position, value: Number(number) }
  const operator = match(OPERATOR, text, position)
  if (operator) return { kind: 'operator', text: operator, position }
  const mark = match(MARK, text, position)
  if (mark) return { kind: 'mark', text: mark, position, mark: mark as '(' }
  return nameAt(text, position)
}

/** `key` or `entity.key` with either part quoted. A quoted part alone is a string, or a name where one is expected. */
function nameAt(text: string, position: number): Token | undefined {
  const quoted = match(QUOTED, text, position)
  const first = quoted ?? match(WORD, text, position)
  if (!first) return undefined
  const dot = position + first.length
  const rest = text[dot] === '.' ? partAt(text, dot + 1) : undefined
  if (rest) {
    // Unquoted up to a dot, then quoted: `span.attributes."my key"`
    const last = rest.endsWith('.') ? (match(QUOTED, text, dot + 1 + rest.length) ?? '') : ''
    const whole = `${first}.${rest}${last}`
    const key = last ? rest + unquote(last) : unquote(rest)
    return { kind: 'name', text: whole, position, entity: unquote(first), key }
  }
  if (quoted)
    return { kind: 'string', text: quoted, position, quote: quoted[0] as Quote, value: unquote(quoted) }
  return { kind: 'name', text: first, position, entity: undefined, key: first }
}

const partAt = (text: string, position: number) =>
  match(QUOTED, text, position) ?? match(BARE_KEY, text, position)

function unquote(part: string): string {
  const quote = part[0]!
  return `'"\``.includes(quote) ? part.slice(1, -1).replaceAll(quote + quote, quote) : part
}

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position
  return pattern.exec(text)?.[0]
}
