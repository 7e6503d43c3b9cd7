/** Colours and cursor moves of terminals. */
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g

export const withoutAnsi = (text: string) => text.replace(ANSI, '')

/** Indexes of the lines that contain a text, ignoring case. */
export function matchingLines(lines: readonly string[], search: string): number[] {
  const wanted = search.toLowerCase()
  if (wanted === '') return []
  return lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index] : []))
}

/** A line in parts, of which every second one is a match. */
export function matchParts(line: string, search: string): string[] {
  if (search === '') return [line]
  const parts: string[] = []
  const low = line.toLowerCase()
  // Some capital letters are longer in lower case, so that positions differ.
  if (low.length !== line.length) return [line]
  let from = 0
  for (let at = low.indexOf(search.toLowerCase()); at >= 0; at = low.indexOf(search.toLowerCase(), from)) {
    parts.push(line.slice(from, at), line.slice(at, at + search.length))
    from = at + search.length
  }
  return [...parts, line.slice(from)]
}
