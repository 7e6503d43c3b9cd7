import type { Securable, SecurableType } from '../api/catalog.js'

const TYPES: readonly Exclude<SecurableType, 'volume'>[] = ['catalog', 'schema', 'table']

/** The type follows from the number of name parts: `main`, `main.movielens`, `main.movielens.ratings`. Volumes have a path of their own. */
export function securableOf(name: string): Securable {
  return { type: TYPES[Math.min(name.split('.').length, TYPES.length) - 1]!, name }
}

/** Returns whether a kind of object is in the catalog, and so has a page of `pageOf`. */
export const isSecurable = (type: string): type is SecurableType =>
  type === 'volume' || TYPES.some((one) => one === type)

/** The link to the page of an object. A table and a volume of a schema may have the same name. */
export const pageOf = ({ type, name }: Securable) =>
  ({ to: type === 'volume' ? '/catalog/volumes/$name' : '/catalog/$name', params: { name } }) as const

/** `main.movielens.ratings` → `main`, `main.movielens`. */
export function ancestorsOf(name: string): string[] {
  const parts = name.split('.')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

export const lastPart = (name: string) => name.slice(name.lastIndexOf('.') + 1)

/** Words that DuckDB reserves, so that they are names in quotes only. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable
  desc describe distinct do else end except false fetch for foreign from group having in initially intersect into lambda lateral
  leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify references returning
  select show some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with`.split(
    /\s+/,
  ),
)

/** A full name as SQL writes it, with quotes where a part needs them. */
export const quotedName = (name: string) =>
  name
    .split('.')
    .map((part) => (/^[a-z_]\w*$/i.test(part) && !RESERVED.has(part.toLowerCase()) ? part : `"${part}"`))
    .join('.')
