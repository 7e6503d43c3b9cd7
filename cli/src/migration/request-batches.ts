const MAX_ITEMS = 500
/** Half of the server's limit for a request. */
const MAX_BYTES = 8 * 1024 * 1024

/** Splits items into batches that each fit into one request; yields one empty batch for no items. */
export function* requestBatches<T>(items: readonly T[]): Generator<readonly T[]> {
  let start = 0
  let bytes = 0
  for (const [i, item] of items.entries()) {
    const size = Buffer.byteLength(JSON.stringify(item))
    if (i > start && (i - start >= MAX_ITEMS || bytes + size > MAX_BYTES)) {
      yield items.slice(start, i)
      start = i
      bytes = 0
    }
    bytes += size
  }
  yield items.slice(start)
}
