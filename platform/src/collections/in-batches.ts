/** Reads items in batches and yields to the event loop between them. */
export async function inBatches<Row, Item>(
  rows: readonly Row[],
  read: (batch: readonly Row[]) => Promise<readonly Item[]>,
  batchSize = 1000,
): Promise<Item[]> {
  const items: Item[] = []
  for (let start = 0; start < rows.length; start += batchSize) {
    if (start > 0) await new Promise(setImmediate)
    for (const item of await read(rows.slice(start, start + batchSize))) items.push(item)
  }
  return items
}
