/** The gain of a label (Järvelin & Kekäläinen 2002), as in XGBoost. */
export const gainOf = (label: number, exponential: boolean) => (exponential ? 2 ** label - 1 : label)

/** Discounts by rank, from 0. */
export const discountsOf = (count: number) =>
  Float64Array.from({ length: count }, (_, rank) => 1 / Math.log2(rank + 2))

/** The DCG of the first `most` labels in ranked order. */
export function dcg(ranked: ArrayLike<number>, most: number, exponential: boolean): number {
  let sum = 0
  for (let rank = 0; rank < Math.min(ranked.length, most); rank++)
    sum += gainOf(ranked[rank]!, exponential) / Math.log2(rank + 2)
  return sum
}

export const idealDcg = (labels: Float32Array, most: number, exponential: boolean) =>
  dcg(labels.toSorted().reverse(), most, exponential)
