import type { NotCopied } from '../copying/sources/source.js'

/** Lists what a migration omits; empty if the source has nothing of it. */
export function notMigrated(counts: readonly NotCopied[]): string {
  const parts = counts
    .filter(({ count }) => count > 0)
    .map(({ what: [one, several], count }) => `${count} ${count === 1 ? one : several}`)
  if (parts.length === 0) return ''
  return `Not migrated: ${parts.join(', ')}. Create them on the target with MLflow's client.\n`
}
