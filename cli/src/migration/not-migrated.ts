import type { NotCopied } from '../copying/sources/source.js'

/** Lists what a migration omits; empty if the source has nothing of it. */
export function notMigrated(counts: readonly NotCopied[]): string {
  const counted = counts.flatMap(({ what: [one, several], count }) =>
    count ? `${count} ${count === 1 ? one : several}` : [],
  )
  const unknown = counts.flatMap(({ what: [, several], count }) => (count === undefined ? several : []))
  return (
    (counted.length > 0
      ? `Not migrated: ${counted.join(', ')}. Create them on the target with MLflow's client.\n`
      : '') +
    (unknown.length > 0
      ? `Not migrated, and not counted: the source failed to list ${unknown.join(', ')}.\n`
      : '')
  )
}
