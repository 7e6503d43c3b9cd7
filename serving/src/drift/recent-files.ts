import type { DeltaSnapshot } from '@cairn/platform/tables/actions'

const MAX_BYTES = 256 * 1024 ** 2

/** Limits a snapshot to its newest files, at least one, so that large tables cost no more than small ones. */
export function recentFiles(snapshot: DeltaSnapshot, maxBytes = MAX_BYTES): DeltaSnapshot {
  const newest = snapshot.files.toSorted((a, b) => b.modificationTime - a.modificationTime)
  let bytes = 0
  const files = newest.filter(({ size }, at) => {
    bytes += size
    return at === 0 || bytes <= maxBytes
  })
  return { ...snapshot, files }
}
