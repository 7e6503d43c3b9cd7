import { otherCases, otherCasesBetween } from './letter-case.js'

/** Matches an escape in a regular expression. */
export const ESCAPE = '\\\\(?:x[\\da-fA-F]{2}|u[\\da-fA-F]{4}|.)'

const MEMBER = new RegExp(`${ESCAPE}|.`, 'gsu')
const CLASS = /^\\[dDwWsS]$/
const BEYOND_ONE_UNIT = /[\u{10000}-\u{10ffff}]/u
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }

/** Rewrites a set such as `[^a-z\d]` so that both engines interpret it equally. @throws SyntaxError like `characterOf` */
export function writeSet(set: string, anyCase: boolean): string {
  if (BEYOND_ONE_UNIT.test(set)) throw new SyntaxError('a set with a character of two units')
  const start = set.startsWith('[^') ? '[^' : '['
  const members = set.slice(start.length, -1).match(MEMBER)!
  let written = start
  for (let at = 0; at < members.length; at++) {
    const last = members[at + 1] === '-' ? members[at + 2] : undefined
    written += last ? writeRange(members[at]!, last, anyCase) : writeMember(members[at]!, anyCase)
    if (last) at += 2
  }
  return `${written}]`
}

/** Writes a character for both engines. @param character a character, an escaped one, or a class such as `\d` */
export function writeCharacter(character: string, anyCase: boolean): string {
  if (CLASS.test(character)) return character
  const meant = characterOf(character)
  const cases = anyCase ? otherCases(meant) : []
  if (cases.length > 0) return `[${literals([meant, ...cases])}]`
  return meant.length > 1 ? `(?:${meant})` : literal(meant) // a quantifier takes both units
}

function writeMember(member: string, anyCase: boolean): string {
  if (CLASS.test(member)) return member
  const meant = member === '\\b' ? '\b' : characterOf(member)
  return literals([meant, ...(anyCase ? otherCases(meant) : [])])
}

function writeRange(from: string, to: string, anyCase: boolean): string {
  const [first, last] = [characterOf(from), characterOf(to)]
  return `${literal(first)}-${literal(last)}${literals(anyCase ? otherCasesBetween(first, last) : [])}`
}

/** Returns the character of an escape. @throws SyntaxError for a letter or digit with a special meaning in an engine */
function characterOf(written: string): string {
  if (!written.startsWith('\\')) return written
  const [, name = '', ...digits] = written
  if (digits.length > 0) return String.fromCharCode(Number.parseInt(digits.join(''), 16))
  if (/[A-Za-z0-9]/.test(name) && !(name in CONTROLS)) throw new SyntaxError(`the escape ${written}`)
  return CONTROLS[name] ?? name
}

const literals = (characters: readonly string[]) => characters.map(literal).join('')

/** Escapes a character for use inside and outside of sets. */
function literal(character: string): string {
  if (/[A-Za-z0-9_ ]/.test(character)) return character
  if (character < ' ' || /[\x7f\ud800-\udfff]/.test(character)) return unit(character)
  return character < '\x7f' ? `\\${character}` : character
}

/** Writes a code unit with `\u`, because PostgreSQL reads any number of digits after `\x`. */
const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
