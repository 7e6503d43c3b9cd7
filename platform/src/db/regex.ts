import { ESCAPE, writeCharacter, writeSet } from './regex-characters.js'

export interface TranslatedRegex {
  readonly javascript: string
  readonly flags: string
  readonly postgres: string
}

/** What the engines say differently. */
interface Words {
  readonly wordEdge: string
  readonly noWordEdge: string
  /** Of any line, where the expression tells lines apart. */
  readonly lineStart: string
  readonly lineEnd: string
}

/** With the flag `m`. */
const JAVASCRIPT: Words = { wordEdge: '\\b', noWordEdge: '\\B', lineStart: '^', lineEnd: '$' }

/** Lines end where JavaScript's do. PostgreSQL's own modes of lines would change what `[^a]` matches. */
const POSTGRES: Words = {
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
/** Written alike for both engines, or by the name of what they say differently. */
type Part = string | { readonly word: keyof Words }

/**
 * The expression that a client writes, in the words of each engine, so that both find the same. It is read as by Python's
 * `re`, which MLflow asks on SQLite. Flags in front, `(?ims)`, become part of it: the linear engine of JavaScript has no `i`.
 * Which letters beyond ASCII `\w` and `\b` know is left to the engines: JavaScript's knows none.
 *
 * @throws SyntaxError for what an engine would read as something else; what none can read is left for them to refuse
 */
export function translateRegex(pattern: string): TranslatedRegex {
  const [flags] = FLAGS.exec(pattern)!
  const parts = partsOf(pattern.slice(flags.length), flags)
  const inWords = (words: Words) =>
    parts.map((part) => (typeof part === 'string' ? part : words[part.word])).join('')
  return {
    javascript: inWords(JAVASCRIPT),
    flags: flags.includes('m') ? 'm' : '',
    postgres: inWords(POSTGRES),
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
