import type { Securable, SecurableType } from '../api/catalog.js'

const TYPES: readonly SecurableType[] = ['catalog', 'schema', 'table']

/** The type follows from the number of name parts: `main`, `main.movielens`, `main.movielens.ratings`. */
export function securableOf(name: string): Securable {
  return { type: TYPES[Math.min(name.split('.').length, TYPES.length) - 1]!, name }
}

/** `main.movielens.ratings` → `main`, `main.movielens`. */
export function ancestorsOf(name: string): string[] {
  const parts = name.split('.')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

export const lastPart = (name: string) => name.slice(name.lastIndexOf('.') + 1)
