/** What `read` makes of many rows, some at a time: other requests get their turn between. */
export async function inBatches<Row, Item>(
  rows: readonly Row[],
  read: (part: readonly Row[]) => Promise<readonly Item[]>,
  atOnce = 1000,
): Promise<Item[]> {
  const items: Item[] = []
  for (let start = 0; start < rows.length; start += atOnce) {
    if (start > 0) await new Promise(setImmediate)
    for (const item of await read(rows.slice(start, start + atOnce))) items.push(item)
  }
  return items
}
