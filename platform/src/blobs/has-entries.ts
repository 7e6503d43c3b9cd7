import type { Blobs } from './blobs.js'

/** Whether there is a blob below `prefix`, without reading all. */
export async function hasEntries(blobs: Blobs, prefix: string): Promise<boolean> {
  if (blobs.holds) return blobs.holds(prefix)
  for await (const _ of blobs.walk(prefix)) return true
  return false
}
