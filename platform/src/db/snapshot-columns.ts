import { ApiError } from '../errors.js'
import type { Columns, ColumnType } from './dialect.js'

const TYPES: readonly ColumnType[] = ['text', 'bigint', 'double precision', 'integer']

/** Converts an engine's description of columns. @throws INVALID_STATE for a type that the migrations do not use */
export function columnsOf(table: string, described: readonly { name: string; type: string }[]): Columns {
  return Object.fromEntries(
    described.map(({ name, type }) => {
      const known = TYPES.find((one) => one === type.toLowerCase())
      if (!known)
        throw new ApiError(
          'INVALID_STATE',
          `This is not a database of Cairn, or not only of Cairn: column ${table}.${name} has type ${type}.`,
        )
      return [name, known]
    }),
  )
}

export const quotedName = (name: string) => `"${name.replaceAll('"', '""')}"`

/** Returns the select list of all columns, with bigints as text. */
export const selection = (columns: Columns) =>
  Object.entries(columns)
    .map(([name, type]) =>
      type === 'bigint' ? `cast(${quotedName(name)} as text) as ${quotedName(name)}` : quotedName(name),
    )
    .join(', ')

export const SNAPSHOT_ROWS = 500
