/** Returns a letter in its other cases; none for other characters. */
export function otherCases(character: string): string[] {
  const cases = new Set([character.toLowerCase(), character.toUpperCase()])
  return [...cases].filter((other) => other !== character && other.length === character.length)
}

/** Returns the other cases of the letters in a range that are outside of the range. */
export function otherCasesBetween(first: string, last: string): string[] {
  pairs ??= pairsOfCases()
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
  const found = new Set<number>()
  for (let at = 0; at < pairs.length; at += 2) {
    const [letter, other] = [pairs[at]!, pairs[at + 1]!]
    if (letter >= from && letter <= to && (other < from || other > to)) found.add(other)
  }
  return [...found].map((code) => String.fromCharCode(code))
}

/** The code points of letters and their other cases, in pairs in one flat array, because a client may send thousands of sets. */
let pairs: Uint16Array | undefined

function pairsOfCases(): Uint16Array {
  const codes: number[] = []
  for (let code = 0; code <= 0xffff; code++)
    for (const other of otherCases(String.fromCharCode(code))) codes.push(code, other.charCodeAt(0))
  return Uint16Array.from(codes)
}
