/** Calls `work` for every item, at most `limit` at a time. Stops at the first failure, and throws it. */
export async function forEachConcurrent<T>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]()
  let previous: Promise<unknown> = Promise.resolve()
  let failed = false
  const next = () => {
    const item = previous.then(() => iterator.next())
    previous = item.catch(() => undefined)
    return item
  }
  const worker = async () => {
    while (!failed) {
      const { done, value } = await next()
      if (done) return
      await work(value as T).catch((error) => {
        failed = true
        throw error
      })
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
}
