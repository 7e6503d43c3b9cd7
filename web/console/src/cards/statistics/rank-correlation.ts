/**
 * Spearman's rank correlation, with mean ranks for ties.
 *
 * @returns from −1 to 1; undefined if a variable is constant or there are fewer than three pairs
 */
export function rankCorrelation(xs: readonly number[], ys: readonly number[]): number | undefined {
  if (xs.length < 3) return undefined
  const [a, b] = [ranks(xs), ranks(ys)]
  const centre = (xs.length + 1) / 2
  let [product, squareA, squareB] = [0, 0, 0]
  for (let i = 0; i < xs.length; i++) {
    product += (a[i]! - centre) * (b[i]! - centre)
    squareA += (a[i]! - centre) ** 2
    squareB += (b[i]! - centre) ** 2
  }
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : undefined
}

/** Ranks from 1; ties share the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const found = new Array<number>(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++
    for (let i = start; i <= end; i++) found[order[i]!] = (start + end) / 2 + 1
    start = end + 1
  }
  return found
}
