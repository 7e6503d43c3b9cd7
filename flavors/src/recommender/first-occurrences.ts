/** Returns 1 for the first event of each item, and 0 for repeats. */
export function firstOccurrences(history: Int32Array): Uint8Array {
  const seen = new Set<number>()
  return Uint8Array.from(history, (row) => {
    if (seen.has(row)) return 0
    seen.add(row)
    return 1
  })
}
