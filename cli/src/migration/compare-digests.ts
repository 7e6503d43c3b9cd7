import type { Entry } from './ledger.js'
import type { Check, Differs } from './verify.js'

interface Sum {
  readonly count: number
  readonly digest: string
}
/** By part: how much there is, and a digest; only a digest of what is there once. */
type Digest<Part extends string> = Readonly<Record<Part, Sum | string>>

interface Moved<Part extends string> {
  readonly entry: Entry
  readonly digest: Digest<Part>
  readonly here: Digest<Part> | undefined
}

/** One line for each part. @param parts what they are called in the table */
export function checkParts<Part extends string>(
  noun: string,
  moved: readonly Moved<NoInfer<Part>>[],
  parts: Readonly<Record<Part, string>>,
  differs: Differs,
): Check[] {
  return Object.entries(parts).map(([name, what]) => {
    const part = name as Part
    const check = { what: what as string, source: 0, here: 0, differ: 0 }
    for (const { entry, digest, here } of moved) {
      check.source += countOf(digest[part])
      check.here += here ? countOf(here[part]) : 0
      if (here && JSON.stringify(digest[part]) === JSON.stringify(here[part])) continue
      check.differ++
      differs(entry, here ? `${noun} ${entry.id}: its ${part} differ.` : `${noun} ${entry.id} is not there.`)
    }
    return check
  })
}

const countOf = (sum: Sum | string) => (typeof sum === 'string' ? 1 : sum.count)
