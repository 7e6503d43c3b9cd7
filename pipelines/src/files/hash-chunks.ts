import type { Hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'

const CHUNK_BYTES = 4 * 1024 * 1024

/** Hashing a large file at once would hold up other requests. */
export async function addChunks(hash: Hash, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    hash.update(bytes.subarray(at, at + CHUNK_BYTES))
    await nextTurn()
  }
}
