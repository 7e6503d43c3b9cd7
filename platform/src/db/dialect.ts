import type { Expression, RawBuilder, SqlBool } from 'kysely'
import { ApiError } from '../errors.js'

export type ColumnType = 'text' | 'bigint' | 'double precision' | 'integer'
export type Columns = Readonly<Record<string, ColumnType>>

/** All differences between the engines. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  /** Returns a row source that is bound as one parameter, so that the statement text does not depend on the number of rows. */
  rows(rows: readonly object[], columns: Columns): RawBuilder<unknown>
  /** Matches by LIKE without regard to case. Plain `like` is case-sensitive on both engines. */
  ilike(column: Expression<unknown>, pattern: string): Expression<SqlBool>
  /** Converts a text to lower case, including letters beyond ASCII. */
  lower(text: Expression<unknown>): RawBuilder<string>
  /** Converts only the letters of ASCII to lower case, and compares by code points, for indexes of folded text. */
  lowerAscii(text: Expression<unknown>): RawBuilder<string>
  /** Matches a case-sensitive regular expression. @throws INVALID_PARAMETER_VALUE for one that cannot run in linear time */
  matches(column: Expression<unknown>, regex: string): Expression<SqlBool>
  /** Returns a member of the JSON object in a column as text, or NULL. */
  member(column: Expression<unknown>, name: string): Expression<unknown>
  /**
   * Serializes rows as a JSON list of objects with these members, in the order of a column. Reading one text takes a third of
   * the time of reading many values.
   */
  jsonList(members: Readonly<Record<string, Expression<unknown>>>, orderBy: string): RawBuilder<string>
  /**
   * Ends a subquery that must be an index lookup per row. PostgreSQL turns it into a join if it expects fewer rows than the
   * limit. Where values depend on a key, its estimate is wrong, and it reads all rows instead of one page. SQLite turns any
   * subquery into a join, and planning a hundred joins takes seconds.
   */
  readonly perRow: RawBuilder<unknown>
  /** The value that stands for NaN among doubles that are serialized as JSON. */
  readonly jsonNaN: RawBuilder<unknown>
  /** Lets writers of the same `key` wait for each other until the transaction ends. SQLite has a single writer anyway. */
  lock(key: string): RawBuilder<unknown> | undefined
  /** True if each index entry of a new row writes a page to the log, so that indexing rows later in batches is faster. */
  readonly indexesLater: boolean
  /** True if a union whose parts have indexes in its order is read only up to its limit, however many parts it has. */
  readonly mergesUnions: boolean
  /** True if several servers may use the database at once. */
  readonly isShared: boolean
  isUniqueViolation(error: unknown): boolean
}

/** The error of a write when the disk of the database is full. */
export const databaseFull = (cause: unknown) =>
  new ApiError(
    'INSUFFICIENT_STORAGE',
    'The disk of the database is full: nothing was written. Free some space and try again.',
    { cause },
  )

export const hasCode = (error: unknown, ...codes: readonly string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
