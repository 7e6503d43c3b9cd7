/** A key with its values in two versions; undefined where it is missing. */
export interface Difference<T> {
  readonly key: string
  readonly left: T | undefined
  readonly right: T | undefined
  readonly differs: boolean
}

/** All keys of two maps: those that differ first, in the order of `compare`. */
export function differencesOf<T>(
  left: ReadonlyMap<string, T>,
  right: ReadonlyMap<string, T>,
  compare: (a: string, b: string) => number,
): Difference<T>[] {
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(compare)
  const all = keys.map((key): Difference<T> => {
    const [a, b] = [left.get(key), right.get(key)]
    return { key, left: a, right: b, differs: !Object.is(a, b) }
  })
  return [...all.filter(({ differs }) => differs), ...all.filter(({ differs }) => !differs)]
}

/** The relative change from one value to another; undefined from zero or where it means nothing. */
export function relativeChange(from: number, to: number): number | undefined {
  const change = (to - from) / Math.abs(from)
  return Number.isFinite(change) ? change : undefined
}

/** Returns whether two intervals have a value in common. */
export const overlap = (
  a: { readonly low: number; readonly high: number },
  b: { readonly low: number; readonly high: number },
) => a.low <= b.high && b.low <= a.high
