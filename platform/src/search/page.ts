import type { SelectQueryBuilder } from 'kysely'
import { pageOf } from '../db/page.js'
import {
  afterPosition,
  decodeCursor,
  encodeCursor,
  orderBy,
  positionColumns,
  positionOf,
  type Term,
} from './keyset.js'

export interface PageRequest {
  /** The terms of a total order. */
  readonly terms: readonly Term[]
  readonly limit: number
  readonly token: string | undefined
  /** Everything that must not change between the pages of a search, because tokens are bound to it. */
  readonly identity: unknown
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** The token of the next page; undefined on the last page. */
  readonly next: string | undefined
}

/**
 * Reads the rows of a query in the order of `terms`, starting at the token's position.
 *
 * @throws INVALID_PARAMETER_VALUE for a token of another search or an invalid one
 */
export async function readPage<Schema, Table extends keyof Schema, Row>(
  query: SelectQueryBuilder<Schema, Table, Row>,
  { terms, limit, token, identity }: PageRequest,
): Promise<Page<Row>> {
  const cursor = decodeCursor(token, identity, [terms.length])
  const rows = await (cursor ? query.where(afterPosition(terms, cursor.position)) : query)
    .select(positionColumns(terms))
    .orderBy(orderBy(terms))
    .limit(limit + 1)
    .execute()
  const { page, last } = pageOf(rows, limit)
  const next = last && encodeCursor({ segment: 0, position: positionOf(last, terms) }, identity)
  return { rows: page, next }
}
