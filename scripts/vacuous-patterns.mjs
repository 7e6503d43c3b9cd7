/**
 * Finds the lines of a test that expect a RegExp in `toMatchObject`, which passes for every string: it compares enumerable
 * properties, and a RegExp has none. `expect.stringMatching(…)` compares the text.
 * @returns {number[]}
 */
export function vacuousPatterns(text) {
  const code = blank(text)
  return [...code.matchAll(/\.toMatchObject\(/g)].flatMap(({ index }) => {
    const expected = code.slice(index, endOfCall(code, index))
    return [...expected.matchAll(/[:[,(]\s*(?:\/r\s*\/|new RegExp\()/g)]
      .filter((found) => !isCall(expected.slice(0, found.index + 1)))
      .map((found) => lineOf(code, index + found.index + found[0].length))
  })
}

/** Returns whether a pattern is an argument of another function, such as `stringMatching`. */
const isCall = (before) => /[\w)]\($/.test(before) && !before.endsWith('.toMatchObject(')

const lineOf = (text, index) => text.slice(0, index).split('\n').length

function endOfCall(code, from) {
  let depth = 0
  for (let at = code.indexOf('(', from); at < code.length; at++) {
    if (code[at] === '(') depth++
    if (code[at] === ')' && --depth === 0) return at
  }
  return code.length
}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/
const TEXT = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/
const PATTERN = /(?<=[(,:=[!&|?{};>]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/
const TOKEN = new RegExp([COMMENT, TEXT, PATTERN].map(({ source }) => source).join('|'), 'g')

/** Blanks strings and comments and writes each pattern as `/r/`, with the same length and lines. */
function blank(text) {
  return text.replace(TOKEN, (token) => {
    const blanks = token.replace(/[^\n]/g, ' ')
    if (/^\/[/*]/.test(token)) return blanks
    return token.startsWith('/') ? `/r${blanks.slice(3)}/` : token[0] + blanks.slice(2) + token[0]
  })
}
