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

/** A pattern that is handed to another function, such as `stringMatching`, is that function's. */
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

/** The code with its texts and comments emptied and each pattern written `/r/`, at the same length and lines. */
function blank(text) {
  return text.replace(TOKEN, (token) => {
    const hollow = token.replace(/[^\n]/g, ' ')
    if (/^\/[/*]/.test(token)) return hollow
    return token.startsWith('/') ? `/r${hollow.slice(3)}/` : token[0] + hollow.slice(2) + token[0]
  })
}
