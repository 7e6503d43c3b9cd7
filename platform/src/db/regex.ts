import { ESCAPE, writeCharacter, writeSet } from './regex-characters.js'

export interface TranslatedRegex {
  readonly javascript: string
  readonly flags: string
  readonly postgres: string
}

/** Syntax that differs between the engines. */
interface EngineSyntax {
  readonly wordEdge: string
  readonly noWordEdge: string
  /** The start of any line, with the flag `m`. */
  readonly lineStart: string
  readonly lineEnd: string
}

/** The syntax of JavaScript with the flag `m`. */
const JAVASCRIPT: EngineSyntax = { wordEdge: '\\b', noWordEdge: '\\B', lineStart: '^', lineEnd: '$' }

/** The syntax of PostgreSQL, with lines as in JavaScript. Its newline modes would change what `[^a]` matches. */
const POSTGRES: EngineSyntax = {
  wordEdge: '\\y',
  noWordEdge: '\\Y',
  lineStart: '(?<![^\\n\\r\\u2028\\u2029])',
  lineEnd: '(?![^\\n\\r\\u2028\\u2029])',
}

const FLAGS = /^(?:\(\?[ims]+\))*/
const TOKEN = new RegExp(
  [
    '(?<group>\\((?!\\?)|\\(\\?:|\\(\\?P?<[A-Za-z_]\\w*>)',
    '(?<quantifier>[*+?]\\??|\\{(?:\\d+(?:,\\d*)?|,\\d+)\\}\\??)',
    '(?<set>\\[\\^?\\]?(?:\\\\.|[^\\]\\\\])*\\])',
    `(?<character>${ESCAPE}|[^\\\\[(])`,
  ].join('|'),
  'suy',
)

type Token = { readonly [kind in 'group' | 'quantifier' | 'set' | 'character']?: string }
/** Text for both engines, or the name of syntax that differs. */
type Part = string | { readonly word: keyof EngineSyntax }

/**
 * Translates a client's expression for each engine so that both match the same. It is interpreted like Python's `re`, which
 * MLflow uses on SQLite. Leading flags `(?ims)` are expanded, because JavaScript's linear engine lacks `i`. Whether `\w` and
 * `\b` know letters beyond ASCII depends on the engine: JavaScript does not.
 *
 * @throws SyntaxError for syntax that an engine would interpret differently; the engines report syntax errors
 */
export function translateRegex(pattern: string): TranslatedRegex {
  const [flags] = FLAGS.exec(pattern)!
  const parts = partsOf(pattern.slice(flags.length), flags)
  const writeFor = (words: EngineSyntax) =>
    parts.map((part) => (typeof part === 'string' ? part : words[part.word])).join('')
  return {
    javascript: writeFor(JAVASCRIPT),
    flags: flags.includes('m') ? 'm' : '',
    postgres: writeFor(POSTGRES),
  }
}

function partsOf(pattern: string, flags: string): Part[] {
  const parts: Part[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < pattern.length) {
    const found = TOKEN.exec(pattern)
    if (!found) throw new SyntaxError('a group of another kind, or a set or an escape without an end')
    parts.push(partOf(found.groups!, flags))
  }
  return parts
}

function partOf({ group, quantifier, set, character }: Token, flags: string): Part {
  if (group) return group === '(?:' ? group : '('
  if (quantifier) return quantifier.replace('{,', '{0,')
  if (set) return writeSet(set, flags.includes('i'))
  return special(character!, flags) ?? writeCharacter(character!, flags.includes('i'))
}

function special(character: string, flags: string): Part | undefined {
  switch (character) {
    case '.':
      return flags.includes('s') ? '(?:\\n|[^\\n])' : '[^\\n]'
    case '^':
      return flags.includes('m') ? { word: 'lineStart' } : character
    case '$':
      return flags.includes('m') ? { word: 'lineEnd' } : character
    case '\\b':
      return { word: 'wordEdge' }
    case '\\B':
      return { word: 'noWordEdge' }
    case '|':
    case ')':
      return character
    default:
      return undefined
  }
}
