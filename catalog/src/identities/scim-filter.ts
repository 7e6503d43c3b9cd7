import { invalid } from '@cairn/platform/errors'

type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le' | 'pr'
type Value = string | number | boolean | null

/** A filter of SCIM (RFC 7644, section 3.4.2.2). */
export type ScimFilter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ScimFilter[] }
  | { readonly kind: 'not'; readonly part: ScimFilter }
  | Comparison

export interface Comparison {
  readonly kind: 'compare'
  /** In lower case, without the schema. */
  readonly attribute: string
  readonly operator: Operator
  readonly value: Value
}

/** The values of an attribute; empty when it is absent. */
export type Attributes = (attribute: string) => readonly Value[]

const MAX_LENGTH = 10_000
const MAX_DEPTH = 30
const TOKEN =
  /\s*(\(|\)|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?![\w.])|[\w$][\w.:$-]*(?:\[[^\]]{0,200}\](?:\.\w+)?)?)/y
/** Attributes whose values are times. */
export const TIMES: ReadonlySet<string> = new Set(['meta.created', 'meta.lastmodified'])
const TEXT_OPERATORS: ReadonlySet<Operator> = new Set(['co', 'sw', 'ew'])
const OPERATORS = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'])

/** @throws INVALID_PARAMETER_VALUE with the position */
export function parseScimFilter(text: string): ScimFilter {
  if (text.length > MAX_LENGTH) throw invalid(`'filter' is longer than ${MAX_LENGTH} characters.`)
  const parser = new Parser(text)
  const filter = parser.or(0)
  parser.end()
  return filter
}

class Parser {
  readonly #text: string
  #at = 0
  #token: string | undefined

  constructor(text: string) {
    this.#text = text
    this.#next()
  }

  or(depth: number): ScimFilter {
    return this.#list('or', () => this.#list('and', () => this.#factor(depth)))
  }

  end() {
    if (this.#token !== undefined) this.#fail()
  }

  #list(word: 'and' | 'or', parse: () => ScimFilter): ScimFilter {
    const parts = [parse()]
    while (this.#takes(word)) parts.push(parse())
    return parts.length === 1 ? parts[0]! : { kind: word, parts }
  }

  #factor(depth: number): ScimFilter {
    if (depth > MAX_DEPTH) throw invalid(`'filter' is nested more than ${MAX_DEPTH} levels.`)
    if (this.#takes('not')) {
      if (this.#token !== '(') this.#fail()
      return { kind: 'not', part: this.#factor(depth + 1) }
    }
    if (!this.#takes('(')) return this.#comparison()
    const inner = this.or(depth + 1)
    if (!this.#takes(')')) this.#fail()
    return inner
  }

  #comparison(): Comparison {
    const attribute = attributeName(this.#take((token) => /^[\w$]/.test(token)))
    const operator = this.#take((token) => OPERATORS.has(token.toLowerCase())).toLowerCase() as Operator
    if (operator === 'pr') return { kind: 'compare', attribute, operator, value: null }
    const value = this.#value()
    const isTime = TIMES.has(attribute) && !TEXT_OPERATORS.has(operator)
    return { kind: 'compare', attribute, operator, value: isTime ? timeOf(attribute, value) : value }
  }

  #value(): Value {
    const token = this.#take((one) => /^["\d-]|^(true|false|null)$/i.test(one))
    try {
      return JSON.parse(token.startsWith('"') ? token : token.toLowerCase()) as Value
    } catch {
      throw invalid(`'filter' contains the invalid value ${token.slice(0, 100)}.`)
    }
  }

  #takes(word: string): boolean {
    if (this.#token?.toLowerCase() !== word) return false
    this.#next()
    return true
  }

  #take(isExpected: (token: string) => boolean): string {
    const token = this.#token
    if (token === undefined || !isExpected(token)) return this.#fail()
    this.#next()
    return token
  }

  #next() {
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#text)
    this.#token = match?.[1]
    if (match) this.#at = TOKEN.lastIndex
    else if (this.#text.slice(this.#at).trim()) this.#fail()
  }

  #fail(): never {
    throw invalid(
      `'filter' is invalid near position ${this.#at}: '${this.#text.slice(Math.max(0, this.#at - 20), this.#at + 20)}'. Write e.g. userName eq "ada@example.org".`,
    )
  }
}

/** Formats a time like `toISOString`, so that times can be compared as text. */
function timeOf(attribute: string, value: Value): string {
  const time = /^\d{4}-\d\d-\d\d/.test(String(value)) ? Date.parse(String(value)) : Number.NaN
  if (Number.isNaN(time))
    throw invalid(
      `'filter': ${attribute} is compared with a time such as "2026-11-30T12:00:00Z", not '${String(value).slice(0, 100)}'.`,
    )
  return new Date(time).toISOString()
}

/** `urn:…:User:userName` and `emails[type eq "work"].value` without schema, filter and sub-attribute, in lower case. */
export const attributeName = (path: string): string =>
  path
    .replace(/^urn:.*:(?=[^:]+$)/i, '')
    .replace(/\[.*$/, '')
    .replace(/\.value$/i, '')
    .toLowerCase()

/** Compares text without regard to case: the served attributes have `caseExact: false`. */
export function matchesFilter(filter: ScimFilter, attributes: Attributes): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, attributes))
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, attributes))
    case 'not':
      return !matchesFilter(filter.part, attributes)
    case 'compare':
      return matchesComparison(filter, attributes(filter.attribute))
  }
}

function matchesComparison({ operator, value }: Comparison, actual: readonly Value[]): boolean {
  if (operator === 'pr') return actual.some((one) => one !== null && one !== '')
  if (operator === 'ne') return !actual.some((one) => folded(one) === folded(value))
  return actual.some((one) => COMPARE[operator](folded(one), folded(value)))
}

/**
 * Lower-cases text, except the two letters beyond ASCII whose lower case contains ASCII letters (K, U+212A, and İ, U+0130). An
 * index on ASCII lower case therefore finds all text that equals an ASCII text.
 */
export const folded = (value: Value) =>
  typeof value === 'string' ? value.replace(/[^\u0130\u212a]+/g, (part) => part.toLowerCase()) : value

const COMPARE: Record<Exclude<Operator, 'pr' | 'ne'>, (actual: Value, wanted: Value) => boolean> = {
  eq: (actual, wanted) => actual === wanted || String(actual) === String(wanted),
  co: (actual, wanted) => String(actual).includes(String(wanted)),
  sw: (actual, wanted) => String(actual).startsWith(String(wanted)),
  ew: (actual, wanted) => String(actual).endsWith(String(wanted)),
  gt: (actual, wanted) => String(actual) > String(wanted),
  ge: (actual, wanted) => String(actual) >= String(wanted),
  lt: (actual, wanted) => String(actual) < String(wanted),
  le: (actual, wanted) => String(actual) <= String(wanted),
}

/** All comparisons of a filter. */
export const comparisonsOf = (filter: ScimFilter): readonly Comparison[] =>
  filter.kind === 'compare'
    ? [filter]
    : (filter.kind === 'not' ? [filter.part] : filter.parts).flatMap(comparisonsOf)
