import type { Expression, RawBuilder, SqlBool } from 'kysely'
import { ApiError } from '../errors.js'

export type ColumnType = 'text' | 'bigint' | 'double precision' | 'integer'
export type Columns = Readonly<Record<string, ColumnType>>

/** Every difference between the engines, and nothing else. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  /** A row source fed by one bound parameter, so that the statement text never changes with the number of rows. */
  rows(rows: readonly object[], columns: Columns): RawBuilder<unknown>
  /** Case-insensitive LIKE. Plain `like` is case-sensitive on both engines. */
  ilike(column: Expression<unknown>, pattern: string): Expression<SqlBool>
  /** Regular expression match, case-sensitive. @throws INVALID_PARAMETER_VALUE for what cannot run in linear time */
  matches(column: Expression<unknown>, regex: string): Expression<SqlBool>
  /** A member of the JSON object in a column, as text; NULL where it has none. */
  member(column: Expression<unknown>, name: string): Expression<unknown>
  /**
   * Rows as the text of a JSON list: objects of these members, in the order of a column. An engine hands over one text in a
   * third of the time that its many values take.
   */
  jsonList(members: Readonly<Record<string, Expression<unknown>>>, orderBy: string): RawBuilder<string>
  /**
   * Ends a subquery that is looked up row by row, from an index. PostgreSQL would join it when it expects fewer rows than are
   * asked for, which it does wrongly where a key tells what values there are, and read all rows in place of one page.
   */
  readonly perRow: RawBuilder<unknown>
  /** No number, among doubles that are written as JSON. */
  readonly jsonNaN: RawBuilder<unknown>
  /** Serialises writers that touch the same `key` until the transaction ends; SQLite's single writer already does. */
  lock(key: string): RawBuilder<unknown> | undefined
  /** Whether a row costs a page of the log for every index that it enters, so that entering one later, many at once, pays. */
  readonly indexesLater: boolean
  isUniqueViolation(error: unknown): boolean
}

/** What a write is answered when the disk below the database has no room. */
export const databaseFull = (cause: unknown) =>
  new ApiError(
    'INSUFFICIENT_STORAGE',
    'The disk of the database is full: nothing was written. Free some space and try again.',
    { cause },
  )

export const hasCode = (error: unknown, ...codes: readonly string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
