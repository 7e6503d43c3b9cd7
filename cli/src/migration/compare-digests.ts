import type { Entry } from './ledger.js'
import type { Check, OnDifference } from './verify.js'

interface Sum {
  readonly count: number
  readonly digest: string
}
/** A count and digest for each part, or only a digest for a part that exists once. */
type Digest<Part extends string> = Readonly<Record<Part, Sum | string>>

interface Comparison<Part extends string> {
  readonly entry: Entry
  readonly source: Digest<Part>
  readonly target: Digest<Part> | undefined
}

/** Compares each part of runs or traces. @param parts their names in the table */
export function compareDigests<Part extends string>(
  noun: string,
  comparisons: readonly Comparison<NoInfer<Part>>[],
  parts: Readonly<Record<Part, string>>,
  onDifference: OnDifference,
): Check[] {
  return Object.entries(parts).map(([name, title]) => {
    const part = name as Part
    const check = { what: title as string, source: 0, here: 0, differ: 0 }
    for (const { entry, source, target } of comparisons) {
      check.source += countOf(source[part])
      check.here += target ? countOf(target[part]) : 0
      if (target && JSON.stringify(source[part]) === JSON.stringify(target[part])) continue
      check.differ++
      const difference = target ? `has different ${part}` : 'is missing on the target'
      onDifference(entry, `${noun} ${entry.id} ${difference}.`)
    }
    return check
  })
}

const countOf = (sum: Sum | string) => (typeof sum === 'string' ? 1 : sum.count)
