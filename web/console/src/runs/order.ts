import { type Column, columnFromId } from './columns.js'

export interface Order {
  readonly column: Column
  readonly ascending: boolean
}

/** From the address: `metrics.precision_at_10 desc`. */
export function parseOrder(text: string | undefined): Order | undefined {
  const [, id, direction] = /^(.+?)(?:\s+(asc|desc))?$/i.exec(text ?? '') ?? []
  const column = id === undefined ? undefined : columnFromId(id)
  return column && { column, ascending: direction?.toLowerCase() !== 'desc' }
}

export const orderToText = ({ column, ascending }: Order) => `${column.id} ${ascending ? 'asc' : 'desc'}`

/** For `runs/search`; a key is always quoted, as it may hold anything. */
export const orderBy = ({ column: { kind, key }, ascending }: Order) =>
  `${kind}.${kind === 'attributes' ? key : `\`${key}\``} ${ascending ? 'ASC' : 'DESC'}`

/** The next order when a header is pressed: best first for figures, A to Z for words; then turned; then none. */
export function nextOrder(current: Order | undefined, column: Column): Order | undefined {
  const first = column.kind === 'params' || column.kind === 'tags' || column.key === 'run_name'
  if (current?.column.id !== column.id) return { column, ascending: first }
  return current.ascending === first ? { column, ascending: !first } : undefined
}
