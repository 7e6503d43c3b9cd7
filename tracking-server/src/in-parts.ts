const PART = 1000

/** What `read` makes of many rows, a thousand at a time: other requests get their turn between. */
export async function inParts<Row, Item>(
  rows: readonly Row[],
  read: (part: readonly Row[]) => Promise<readonly Item[]>,
): Promise<Item[]> {
  const items: Item[] = []
  for (let start = 0; start < rows.length; start += PART) {
    if (start > 0) await new Promise(setImmediate)
    for (const item of await read(rows.slice(start, start + PART))) items.push(item)
  }
  return items
}
