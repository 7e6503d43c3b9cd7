/** A card and the one that it was moved behind; '' is the first place. */
export type Move = readonly [id: string, after: string]

/** Applies moves in their order. Moves of cards that are not there, or behind such, are left out. */
export function applyMoves(ids: readonly string[], moves: readonly Move[]): string[] {
  const order = [...ids]
  for (const [id, after] of moves) {
    const from = order.indexOf(id)
    if (from < 0 || id === after || (after !== '' && !order.includes(after))) continue
    order.splice(from, 1)
    order.splice(after === '' ? 0 : order.indexOf(after) + 1, 0, id)
  }
  return order
}

/** The fewest moves that bring cards from one order to another, so that the URL stays short. */
export function movesBetween(before: readonly string[], after: readonly string[]): Move[] {
  const placeOf = new Map(before.map((id, place) => [id, place]))
  const kept = longestIncrease(after.map((id) => placeOf.get(id)!))
  return after.flatMap((id, i): Move[] => (kept.has(i) ? [] : [[id, after[i - 1] ?? '']]))
}

/** Indexes of a longest increasing subsequence. */
function longestIncrease(values: readonly number[]): ReadonlySet<number> {
  const tails: number[] = []
  const before: number[] = []
  for (const [i, value] of values.entries()) {
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[tails[middle]!]! < value) low = middle + 1
      else high = middle
    }
    before[i] = low > 0 ? tails[low - 1]! : -1
    tails[low] = i
  }
  const found = new Set<number>()
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]!) found.add(i)
  return found
}
