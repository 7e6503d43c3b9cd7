import { createHash } from 'node:crypto'

/**
 * Maps a key to a number in [0, 1), uniformly and always the same. With it, a change of the percentages moves as few keys to
 * another entity as possible.
 */
export function hashShare(endpointId: string, key: string): number {
  const digest = createHash('sha1').update(endpointId).update('\0').update(key).digest()
  return digest.readUInt32BE(0) / 2 ** 32
}
