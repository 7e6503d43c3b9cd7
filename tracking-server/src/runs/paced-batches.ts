import { setImmediate } from 'node:timers/promises'

const FIRST = 32
const MIN = 4
const MAX = 500
/** The time of a batch from which the next one is smaller, because SQLite reads block the event loop. */
const LONG_MS = 25

/**
 * Works on items in batches and yields to the event loop between them. Batches grow while they are quick, because the amount
 * of data of an item, such as the keys of a run, is not known in advance.
 */
export async function inPacedBatches<Item>(
  items: readonly Item[],
  work: (batch: readonly Item[]) => Promise<void>,
  now = () => performance.now(),
): Promise<void> {
  let size = FIRST
  for (let start = 0; start < items.length; ) {
    const batch = items.slice(start, start + size)
    const began = now()
    await work(batch)
    start += batch.length
    size = now() - began > LONG_MS ? Math.max(MIN, size >> 1) : Math.min(MAX, size * 2)
    await setImmediate()
  }
}
