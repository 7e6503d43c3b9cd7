export type TokenKind =
  | 'name'
  | 'comparator'
  | 'number'
  | 'text'
  | 'and'
  | 'or'
  | 'open'
  | 'close'
  | 'comma'
  | 'junk'

/** A token of a filter and its position in the text. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
  /** True if the closing quote is missing. */
  readonly open?: boolean
}

// A name may contain a quoted part: metrics.`train loss`, params."a.b". A value is only a quoted string.
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  [
    'comparator',
    /(?:NOT\s+IN|IS\s+NOT\s+NULL|IS\s+NULL|ILIKE|LIKE|RLIKE|IN)(?![\w.])|<=|>=|!=|<>|==|=|<|>/iy,
  ],
  ['and', /AND(?![\w.])/iy],
  ['or', /OR(?![\w.])/iy],
  ['number', /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.])/iy],
  ['name', /[A-Za-z_][\w-]*(?:\.(?:`[^`]*`|"[^"]*"|[\w./:@-]+))+|[A-Za-z_]\w*/y],
  ['name', /`[^`]*`/y],
  ['text', /'[^']*'|"[^"]*"/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['comma', /,/y],
]
const SPACE = /\s+/y
const JUNK = /[^\s()<>=!,'"`]+|[\s\S]/y

/** Splits a filter in MLflow's language into tokens, for the check while typing and for marking errors. Never throws. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const space = match(SPACE, text, at)
    if (space) {
      at += space.length
      continue
    }
    const token = next(text, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function next(text: string, at: number): Token {
  for (const [kind, rule] of RULES) {
    const found = match(rule, text, at)
    if (found) return { kind, text: found, start: at, end: at + found.length }
  }
  const quote = text[at]!
  if (quote === "'" || quote === '"' || quote === '`')
    return { kind: 'text', text: text.slice(at), start: at, end: text.length, open: true }
  const junk = match(JUNK, text, at)!
  return { kind: 'junk', text: junk, start: at, end: at + junk.length }
}

function match(rule: RegExp, text: string, at: number): string | undefined {
  rule.lastIndex = at
  return rule.exec(text)?.[0]
}
