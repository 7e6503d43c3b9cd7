const CONCURRENCY = 4

/** Calls `work` for each item, such as a file to upload, at most four at a time. @throws the first error */
export async function forEachConcurrent<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}
