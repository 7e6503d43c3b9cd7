import type { Hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'

const CHUNK_BYTES = 4 * 1024 * 1024

/** Hashes in chunks, because a large file would block the event loop. */
export async function addChunks(hash: Hash, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    hash.update(bytes.subarray(at, at + CHUNK_BYTES))
    await nextTurn()
  }
}
