const OPENING = /(?:\/\/|\/\*\*?|^\s*\*)\s+(?:What|Who|Whoever|Whatever|Whose|Of|Those|Where|Which)\s/

/**
 * Finds comments that begin with a relative clause or a genitive, which have no subject that acts (CONTRIBUTING.md, "Words").
 * @returns {number[]} the numbers of their lines. Only the first line of a comment counts, and lines after a blank one.
 */
export function clauseOpenings(text) {
  const lines = text.split('\n')
  return lines.flatMap((line, i) => (OPENING.test(line) && beginsComment(lines, i) ? [i + 1] : []))
}

function beginsComment(lines, i) {
  const line = lines[i].trim()
  if (line.startsWith('/*')) return true
  const before = (lines[i - 1] ?? '').trim()
  if (line.startsWith('*')) return before === '/**' || before === '*'
  return !before.startsWith('//')
}
