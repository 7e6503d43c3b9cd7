import type { Id } from '@cairn/flavors/id'

/** FNV-1a of the id as text. */
export function hashId(id: Id): number {
  let hash = 0x811c9dc5
  for (const char of String(id)) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}

/** The finalizer of MurmurHash3. */
export function scramble(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Maps a 32-bit hash to [0, 1). */
export const toUnitInterval = (hash: number) => hash / 2 ** 32
