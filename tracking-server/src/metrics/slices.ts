import { setImmediate } from 'node:timers/promises'

/** Chunks whose points are unpacked and aggregated in a few milliseconds. */
const SLICE = 256

/** Works on chunks one after the other and yields to the event loop between slices of them. */
export async function inSlices<Chunk>(chunks: readonly Chunk[], work: (chunk: Chunk) => void): Promise<void> {
  for (const [i, chunk] of chunks.entries()) {
    work(chunk)
    if (i % SLICE === SLICE - 1) await setImmediate()
  }
  await setImmediate()
}
