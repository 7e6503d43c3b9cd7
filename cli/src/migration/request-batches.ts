const MOST_ITEMS = 500
/** A server takes twice that in a request. */
const MOST_BYTES = 8 * 1024 * 1024

/** What is to be sent, in as many parts as one request each holds; one part where there is nothing. */
export function* pieces<T>(items: readonly T[]): Generator<readonly T[]> {
  let start = 0
  let bytes = 0
  for (const [i, item] of items.entries()) {
    const own = Buffer.byteLength(JSON.stringify(item))
    if (i > start && (i - start >= MOST_ITEMS || bytes + own > MOST_BYTES)) {
      yield items.slice(start, i)
      start = i
      bytes = 0
    }
    bytes += own
  }
  yield items.slice(start)
}
