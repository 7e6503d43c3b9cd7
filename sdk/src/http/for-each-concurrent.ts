/** Does the work of each item, of four at a time. The first failure is thrown. */
export async function fourAtOnce<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: 4 }, worker))
}
