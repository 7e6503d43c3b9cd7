import type { Column } from './columns.js'

/** Moves a column by so many places, as far as it goes. */
export function movedBy(columns: readonly Column[], id: string, by: number): Column[] {
  const at = columns.findIndex((column) => column.id === id)
  if (at < 0) return [...columns]
  const rest = columns.filter((column) => column.id !== id)
  rest.splice(Math.min(rest.length, Math.max(0, at + by)), 0, columns[at]!)
  return rest
}

/** Moves a column to the place of another. */
export function movedTo(columns: readonly Column[], id: string, to: string): Column[] {
  const placeOf = (one: string) => columns.findIndex((column) => column.id === one)
  const [from, target] = [placeOf(id), placeOf(to)]
  return from < 0 || target < 0 ? [...columns] : movedBy(columns, id, target - from)
}
