/** The candidate with the fewest edits from the text, if these are at most a third of its length. */
export function closest(text: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = Math.floor(text.length / 3)
  for (const candidate of candidates) {
    const edits = distance(text, candidate)
    if (edits > fewest || (edits === fewest && best !== undefined)) continue
    best = candidate
    fewest = edits
  }
  return best
}

/** Levenshtein distance: insertions, deletions and substitutions. */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, n) => n)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++)
      row[j] = Math.min(
        row[j - 1]! + 1,
        previous[j]! + 1,
        previous[j - 1]! + Number(one[i - 1] !== other[j - 1]),
      )
    previous = row
  }
  return previous[other.length]!
}
