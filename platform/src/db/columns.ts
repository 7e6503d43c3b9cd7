import { ApiError } from '../errors.js'
import type { Columns, ColumnType } from './dialect.js'

const TYPES: readonly ColumnType[] = ['text', 'bigint', 'double precision', 'integer']

/** Columns as an engine describes them. @throws INVALID_STATE for a type that the migrations do not use */
export function columnsOf(table: string, described: readonly { name: string; type: string }[]): Columns {
  return Object.fromEntries(
    described.map(({ name, type }) => {
      const known = TYPES.find((one) => one === type.toLowerCase())
      if (!known)
        throw new ApiError(
          'INVALID_STATE',
          `This is no database of Cairn, or not of Cairn alone: it has a column ${table}.${name} of the type ${type}.`,
        )
      return [name, known]
    }),
  )
}

export const quotedName = (name: string) => `"${name.replaceAll('"', '""')}"`

/** The columns of a query over a whole table, bigints as text. */
export const selection = (columns: Columns) =>
  Object.entries(columns)
    .map(([name, type]) =>
      type === 'bigint' ? `cast(${quotedName(name)} as text) as ${quotedName(name)}` : quotedName(name),
    )
    .join(', ')

export const SNAPSHOT_ROWS = 500
