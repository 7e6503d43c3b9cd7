import { createHash } from 'node:crypto'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { decodePageToken, encodePageToken } from '../db/page.js'

/** A column of an ordering, whose value is never NULL. */
export interface Term {
  readonly expression: Expression<unknown>
  readonly descending: boolean
}

export type Position = readonly (string | number)[]

/** Returns terms for a nullable column. NULLs come last in both directions and are replaced by `zero`. */
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

/** Like `orderBy`, but by the columns of `positionColumns`, so that it also works for unions. */
export const orderByPosition = (terms: readonly Term[]) =>
  orderBy(terms.map(({ descending }, i) => ({ expression: sql.ref(`position_${i}`), descending })))

const ASC = sql.raw('asc')
const DESC = sql.raw('desc')

/** Matches rows after `position`. The first term is also a separate condition, so that an index can seek. */
export function afterPosition(
  [term, ...rest]: readonly Term[],
  [value, ...values]: Position,
): RawBuilder<SqlBool> {
  const { expression, descending } = term!
  const beyond = sql<SqlBool>`${expression} ${sql.raw(descending ? '<' : '>')} ${value}`
  if (rest.length === 0) return beyond
  const notBefore = sql`${expression} ${sql.raw(descending ? '<=' : '>=')} ${value}`
  return sql`(${notBefore} and (${beyond} or ${afterPosition(rest, values)}))`
}

/** Selects the values of `terms` as `position_0`, `position_1`, … for the next token. */
export const positionColumns = (terms: readonly Term[]) =>
  terms.map(({ expression }, i) => sql<string | number>`${expression}`.as(`position_${i}`))

export const positionOf = (row: object, terms: readonly Term[]): Position =>
  terms.map((_, i) => (row as Record<string, string | number>)[`position_${i}`]!)

export interface Cursor {
  /** The segment of the ordering that contains the position. */
  readonly segment: number
  readonly position: Position
  /** True if the query walks along its ordering, so that the next page need not decide again. */
  readonly isWalk?: boolean
}

/** Encodes a token that is bound to its query. @param query everything that must not change between pages */
export const encodeCursor = ({ segment, position, isWalk }: Cursor, query: unknown) =>
  encodePageToken({ s: segment, p: position, q: fingerprint(query), ...(isWalk && { w: 1 }) })

/**
 * Decodes the token of a query.
 *
 * @param widths the number of values of a position, by segment
 * @throws INVALID_PARAMETER_VALUE for a token of another query or an invalid one
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
