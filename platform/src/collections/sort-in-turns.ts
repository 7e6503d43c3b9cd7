const CHUNK = 4096

/** Sorts many items without blocking the event loop: sorts chunks, then merges them, with a pause after some thousand items. */
export async function sortInTurns<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  let runs: Item[][] = []
  for (let start = 0; start < items.length; start += CHUNK) {
    if (start > 0) await new Promise(setImmediate)
    runs.push(items.slice(start, start + CHUNK).sort(compare))
  }
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let at = 0; at < runs.length; at += 2)
      merged.push(await merge(runs[at]!, runs[at + 1] ?? [], compare))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<Item>(
  left: Item[],
  right: Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  const merged: Item[] = []
  let [l, r] = [0, 0]
  while (l < left.length && r < right.length) {
    merged.push(compare(left[l]!, right[r]!) <= 0 ? left[l++]! : right[r++]!)
    if (merged.length % CHUNK === 0) await new Promise(setImmediate)
  }
  for (; l < left.length; l++) merged.push(left[l]!)
  for (; r < right.length; r++) merged.push(right[r]!)
  return merged
}
