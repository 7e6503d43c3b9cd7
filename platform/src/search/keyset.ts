import { createHash } from 'node:crypto'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { decodePageToken, encodePageToken } from '../db/page.js'

/** One column of an ordering; its value is never NULL. */
export interface Term {
  readonly expression: Expression<unknown>
  readonly descending: boolean
}

export type Position = readonly (string | number)[]

/** A column that may be NULL: missing values come last in both directions. `zero` stands in for them. */
export const nullsLast = (
  expression: Expression<unknown>,
  descending: boolean,
  zero: string | number,
): readonly [Term, Term] => [
  { expression: sql`(case when ${expression} is null then 1 else 0 end)`, descending: false },
  { expression: sql`coalesce(${expression}, ${sql.lit(zero)})`, descending },
]

export const orderBy = (terms: readonly Term[]) =>
  sql.join(terms.map(({ expression, descending }) => sql`${expression} ${descending ? DESC : ASC}`))

/** As `orderBy`, of the columns that `positionColumns` gives, which a union has too. */
export const orderByPosition = (terms: readonly Term[]) =>
  orderBy(terms.map(({ descending }, i) => ({ expression: sql.ref(`position_${i}`), descending })))

const ASC = sql.raw('asc')
const DESC = sql.raw('desc')

/** Rows that come after `position`. The first term stands alone too, so that an index can seek to it. */
export function after([term, ...rest]: readonly Term[], [value, ...values]: Position): RawBuilder<SqlBool> {
  const { expression, descending } = term!
  const beyond = sql<SqlBool>`${expression} ${sql.raw(descending ? '<' : '>')} ${value}`
  if (rest.length === 0) return beyond
  const notBefore = sql`${expression} ${sql.raw(descending ? '<=' : '>=')} ${value}`
  return sql`(${notBefore} and (${beyond} or ${after(rest, values)}))`
}

/** The values of `terms` as columns `position_0`, `position_1`, … to build the next token from. */
export const positionColumns = (terms: readonly Term[]) =>
  terms.map(({ expression }, i) => sql<string | number>`${expression}`.as(`position_${i}`))

export const positionOf = (row: object, terms: readonly Term[]): Position =>
  terms.map((_, i) => (row as Record<string, string | number>)[`position_${i}`]!)

export interface Cursor {
  /** Which part of a segmented ordering the position lies in. */
  readonly segment: number
  readonly position: Position
  /** Whether the query goes along its ordering: the next page need not find out again. */
  readonly isWalk?: boolean
}

/** Tokens are bound to the query they continue: `query` is whatever must not change between its pages. */
export const encodeCursor = ({ segment, position, isWalk }: Cursor, query: unknown) =>
  encodePageToken({ s: segment, p: position, q: fingerprint(query), ...(isWalk && { w: 1 }) })

/**
 * @param widths how many values a position has, by segment
 * @throws INVALID_PARAMETER_VALUE for a token of another query or of nobody
 */
export function decodeCursor(
  token: string | undefined,
  query: unknown,
  widths?: readonly number[],
): Cursor | undefined {
  return decodePageToken(token, (value) => {
    const { s, p, q, w } = (value ?? {}) as Readonly<Record<string, unknown>>
    if (q !== fingerprint(query) || typeof s !== 'number' || !Array.isArray(p)) return undefined
    if (widths && p.length !== widths[s]) return undefined
    if (!p.every((one) => typeof one === 'string' || Number.isFinite(one))) return undefined
    return { segment: s, position: p, isWalk: w === 1 }
  })
}

const fingerprint = (query: unknown) =>
  createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 8)
