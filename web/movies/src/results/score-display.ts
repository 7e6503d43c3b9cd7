/** Bar lengths from 0 to 1 relative to the best score; 0 for negative scores. */
export function barsOf(scores: readonly number[]): number[] {
  const best = Math.max(...scores, 0)
  return scores.map((score) => (best > 0 ? Math.max(score, 0) / best : 0))
}

/** Three decimals; integers without decimals. */
export const formatScore = (score: number, language: string) =>
  Number.isInteger(score) && Math.abs(score) >= 1
    ? score.toLocaleString(language)
    : score.toLocaleString(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
