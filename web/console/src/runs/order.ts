import { type Column, columnFromId } from './columns.js'

export interface Order {
  readonly column: Column
  readonly ascending: boolean
}

/** Parses the URL's `metrics.precision_at_10 desc`. */
export function parseOrder(text: string | undefined): Order | undefined {
  const [, id, direction] = /^(.+?)(?:\s+(asc|desc))?$/i.exec(text ?? '') ?? []
  const column = id === undefined ? undefined : columnFromId(id)
  return column && { column, ascending: direction?.toLowerCase() !== 'desc' }
}

export const orderToText = ({ column, ascending }: Order) => `${column.id} ${ascending ? 'asc' : 'desc'}`

/** For `runs/search`. Keys are always quoted, because they may contain any character. */
export const orderBy = ({ column: { kind, key }, ascending }: Order) =>
  `${kind}.${kind === 'attributes' ? key : `\`${key}\``} ${ascending ? 'ASC' : 'DESC'}`

/** The order after a click on a header: metrics descending or text ascending, then reversed, then none. */
export function nextOrder(current: Order | undefined, column: Column): Order | undefined {
  const first = column.kind === 'params' || column.kind === 'tags' || column.key === 'run_name'
  if (current?.column.id !== column.id) return { column, ascending: first }
  return current.ascending === first ? { column, ascending: !first } : undefined
}
