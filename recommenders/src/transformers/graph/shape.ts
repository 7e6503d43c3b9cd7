import type { Dim } from './graph.js'

export const same = (a: readonly Dim[], b: readonly Dim[]) =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis])

/** Broadcasts by NumPy's rules; a named axis matches only itself and 1. */
export function broadcast(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
    if (x !== y && x !== 1 && y !== 1) throw new Error(`shapes [${a}] and [${b}] do not broadcast`)
    return x === 1 ? y : x
  })
}

/** The number of elements; with named axes the product as a name, e.g. `64·batch·length`. */
export function size(shape: readonly Dim[]): Dim {
  const names = shape.filter((dim) => typeof dim === 'string')
  const known = shape.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1)
  if (names.length === 0) return known
  return [...(known === 1 ? [] : [known]), ...names].join('·')
}
