import type { DeltaSnapshot } from '@cairn/platform/tables/actions'

const MAX_BYTES = 256 * 1024 ** 2

/** The newest files of a table, at least one, so that a large table costs no more than a small one. */
export function recentFiles(snapshot: DeltaSnapshot, maxBytes = MAX_BYTES): DeltaSnapshot {
  const newest = snapshot.files.toSorted((a, b) => b.modificationTime - a.modificationTime)
  let bytes = 0
  const files = newest.filter(({ size }, at) => {
    bytes += size
    return at === 0 || bytes <= maxBytes
  })
  return { ...snapshot, files }
}
