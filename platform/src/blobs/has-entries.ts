import type { Blobs } from './blobs.js'

/** Returns whether a blob exists below `prefix`, without listing all of them. */
export async function hasEntries(blobs: Blobs, prefix: string): Promise<boolean> {
  if (blobs.holds) return blobs.holds(prefix)
  for await (const _ of blobs.walk(prefix)) return true
  return false
}
