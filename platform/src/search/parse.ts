import { ApiError, invalid } from '../errors.js'
import type { Filter } from './filter.js'
import { invalidClause, type Token, tokenize } from './tokens.js'

export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'RLIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL'

/** The right-hand side of a comparison. `text` is the source text for messages. */
export type Literal = { readonly text: string } & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'list'; readonly value: readonly string[] }
  | { readonly kind: 'none'; readonly value: null }
  | { readonly kind: 'unquoted'; readonly value: null }
)

/** `entity.key comparator value`. The entity is undefined if only the key was written. */
export interface Comparison {
  readonly entity: string | undefined
  readonly key: string
  readonly comparator: Comparator
  readonly value: Literal
  /** The start of the comparison in the filter. */
  readonly position: number
}

/** The limits of a filter, because databases limit conditions, and preparing long ones is slow. Ordinary ones are shorter. */
const MAX_DEPTH = 50
const MAX_COMPARISONS = 100
const MAX_LIST_ITEMS = 10_000
const MAX_LENGTH = 1_000_000

/**
 * Parses MLflow's filter language, comparisons joined by AND, extended with OR, which binds weaker, and parentheses.
 * `readFilter` validates entities, keys and comparators.
 *
 * @throws INVALID_PARAMETER_VALUE in MLflow's words, with the position in `details`
 */
export function parseFilter(text: string | undefined): Filter<Comparison> {
  if (!text?.trim()) return []
  if (text.length > MAX_LENGTH)
    throw invalid(`A filter has at most ${MAX_LENGTH} characters. Got ${text.length}.`)
  return new Parser(text).filter()
}

const SYMBOLS = new Set<string>(['=', '!=', '<', '<=', '>', '>='])
const NOTHING: Literal = { kind: 'none', value: null, text: '' }

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #next = 0
  #comparisons = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  filter(): Filter<Comparison> {
    const filter = this.#alternatives(0)
    if (this.#next < this.#tokens.length) throw this.#unexpected()
    return filter
  }

  /** Parses conjunctions that are joined by OR. */
  #alternatives(depth: number): Filter<Comparison> {
    const anyOf = [this.#conjunction(depth)]
    while (this.#takeWord('OR')) anyOf.push(this.#conjunction(depth))
    return anyOf.length === 1 ? anyOf[0]! : [{ anyOf }]
  }

  #conjunction(depth: number): Filter<Comparison> {
    const clauses = [...this.#clause(depth)]
    while (this.#takeWord('AND')) clauses.push(...this.#clause(depth))
    return clauses
  }

  #clause(depth: number): Filter<Comparison> {
    const open = this.#tokens[this.#next]
    if (open?.kind !== 'mark' || open.mark !== '(') return [this.#comparison()]
    if (depth === MAX_DEPTH)
      throw errorAt(`Parentheses are nested more than ${MAX_DEPTH} deep in the filter`, open.position)
    this.#next++
    const filter = this.#alternatives(depth + 1)
    const close = this.#tokens[this.#next]
    if (close?.kind !== 'mark' || close.mark !== ')')
      throw close ? this.#unexpected() : invalidClause(this.#text.slice(open.position), open.position)
    this.#next++
    return filter
  }

  #comparison(): Comparison {
    const start = this.#tokens[this.#next]
    const name = start && asName(start)
    if (!start || !name || isWord(start, 'AND') || isWord(start, 'OR')) throw this.#unexpected()
    if (++this.#comparisons > MAX_COMPARISONS)
      throw errorAt(`A filter has at most ${MAX_COMPARISONS} comparisons`, start.position)
    this.#next++
    const comparator = this.#comparator()
    if (!comparator) throw invalidClause(start.text, start.position)
    const value = comparator.startsWith('IS') ? NOTHING : this.#value(start)
    return { ...name, comparator, value, position: start.position }
  }

  #comparator(): Comparator | undefined {
    const token = this.#tokens[this.#next]
    if (token?.kind === 'operator') {
      this.#next++
      if (!SYMBOLS.has(token.text)) throw invalid(`Invalid comparator '${token.text}'`)
      return token.text as Comparator
    }
    if (this.#takeWord('IS')) return this.#nullness()
    if (this.#takeWord('NOT')) return this.#takeWord('IN') ? 'NOT IN' : undefined
    return (['LIKE', 'ILIKE', 'RLIKE', 'IN'] as const).find((word) => this.#takeWord(word))
  }

  #nullness(): Comparator | undefined {
    const not = this.#takeWord('NOT')
    if (!this.#takeWord('NULL')) return undefined
    return not ? 'IS NOT NULL' : 'IS NULL'
  }

  #value(start: Token): Literal {
    const token = this.#tokens[this.#next]
    if (token?.kind === 'mark' && token.mark === '(') return this.#list()
    if (!token || token.kind === 'mark' || token.kind === 'operator')
      throw invalidClause(this.#text.slice(start.position, token?.position).trim(), start.position)
    this.#next++
    const { text } = token
    if (token.kind === 'number') return { kind: 'number', value: token.value, text }
    if (token.kind === 'string' && token.quote !== '`') return { kind: 'string', value: token.value, text }
    return { kind: 'unquoted', value: null, text }
  }

  #list(): Literal {
    const start = this.#next
    const text = this.#group(start)
    const end = this.#next
    const items = this.#tokens.slice(start + 1, end - 1)
    if (items.length === 0)
      throw invalid(
        'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
      )
    if (items.length > 2 * MAX_LIST_ITEMS)
      throw errorAt(`A list in a filter has at most ${MAX_LIST_ITEMS} items`, this.#tokens[start]!.position)
    const value = items.flatMap((item, i) => {
      if (i % 2 === 1 && item.kind === 'mark' && item.mark === ',') return []
      if (i % 2 === 0 && item.kind === 'string' && item.quote !== '`') return [item.value]
      throw invalid(
        `While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: ${text}`,
      )
    })
    return { kind: 'list', value, text }
  }

  /** Reads the text from an opening parenthesis to its closing one. */
  #group(start: number): string {
    const from = this.#tokens[start]!.position
    let depth = 0
    for (this.#next = start; this.#next < this.#tokens.length; ) {
      const token = this.#tokens[this.#next++]!
      if (token.kind === 'mark' && token.mark === '(') depth++
      if (token.kind === 'mark' && token.mark === ')' && --depth === 0)
        return this.#text.slice(from, token.position + 1)
    }
    throw invalidClause(this.#text.slice(from), from)
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#next]
    if (!token || !isWord(token, word)) return false
    this.#next++
    return true
  }

  #unexpected() {
    const token = this.#tokens[this.#next]
    if (!token) return invalidClause(this.#tokens.at(-1)?.text ?? this.#text, this.#text.length)
    if (token.kind === 'mark' && token.mark === ';' && this.#next < this.#tokens.length - 1)
      return invalid(
        `Search filter contained multiple expression '${this.#text}'. Provide AND-ed expression list.`,
      )
    const clause = token.kind === 'mark' && token.mark === '(' ? this.#group(this.#next) : token.text
    return invalidClause(clause, token.position)
  }
}

const errorAt = (message: string, position: number) =>
  new ApiError('INVALID_PARAMETER_VALUE', `${message} (at character ${position + 1}).`, {
    details: { position },
  })

const isWord = (token: Token, word: string) =>
  token.kind === 'name' && token.entity === undefined && token.key.toUpperCase() === word

/** Returns the name in a token. Accepts `"my key"` and `` `my key` `` too. */
export function asName(token: Token): { entity: string | undefined; key: string } | undefined {
  if (token.kind === 'name') return { entity: token.entity, key: token.key }
  if (token.kind === 'string' && token.quote !== "'") return { entity: undefined, key: token.value }
  return undefined
}
