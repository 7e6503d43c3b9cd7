/**
 * Handles each item in order, also after a failure of another.
 *
 * @throws the first failure, after all items
 */
export async function forEachSettled<T>(
  items: readonly T[],
  handle: (item: T) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = []
  for (const item of items)
    try {
      await handle(item)
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
}
