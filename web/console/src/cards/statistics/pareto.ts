/** 1 if higher is better, −1 if lower is. */
export type Direction = 1 | -1

/** Indexes of the points that no other point beats in one value without losing in the other, by ascending x. */
export function paretoFront(
  xs: readonly number[],
  ys: readonly number[],
  [ofX, ofY]: readonly [Direction, Direction],
): number[] {
  const order = xs
    .map((_, i) => i)
    .filter((i) => Number.isFinite(xs[i]!) && Number.isFinite(ys[i]!))
    .sort((a, b) => ofX * (xs[b]! - xs[a]!) || ofY * (ys[b]! - ys[a]!))
  let best = Number.NEGATIVE_INFINITY
  let bestX = Number.NaN
  const front: number[] = []
  for (const i of order) {
    const score = ofY * ys[i]!
    if (score > best || (score === best && xs[i] === bestX)) {
      front.push(i)
      best = score
      bestX = xs[i]!
    }
  }
  return front.sort((a, b) => xs[a]! - xs[b]!)
}
