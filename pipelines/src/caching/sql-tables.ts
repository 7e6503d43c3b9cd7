import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'

/** Each table is looked up in the catalog. */
const MAX_NAMES = 100
const LETTER = String.raw`[A-Za-z_]|(?=[^\x00-\x7f])[^\p{Z}]`
const TOKEN = new RegExp(
  [
    String.raw`(?<space>\s+|--[^\n\r]*)`,
    String.raw`(?<comment>/\*)`,
    `(?<literal>[eE]?'(?:[^']|'')*')`,
    `(?<quoted>"(?:[^"]|"")*")`,
    `(?<dollars>\\$(?:${LETTER})*\\$)`,
    `(?<plain>(?:${LETTER})(?:${LETTER}|[0-9$])*)`,
    '(?<other>[^])',
  ].join('|'),
  'uy',
)

/**
 * All names of three parts in the query of a task: its tables, and perhaps members of structs, which only a parser could
 * distinguish.
 *
 * @throws INVALID_PARAMETER_VALUE for a text whose literals and comments are ambiguous, and for too many names
 */
export function tableNames({ files = {} }: JobSettings, { sql_task }: TaskSettings): string[] {
  if (!sql_task) return []
  const text = sql_task.query?.query_text ?? files[sql_task.file?.path ?? ''] ?? ''
  const names = namesOfThree(text)
  if (names.size > MAX_NAMES)
    throw invalid(`The query has ${names.size} names of three parts; the limit of a cache is ${MAX_NAMES}.`)
  return [...names].sort()
}

function namesOfThree(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  let parts: string[] = []
  let isJoined = false
  for (const token of tokensOf(text)) {
    if (token === '.') isJoined = parts.length > 0
    else {
      parts = token === undefined ? [] : isJoined ? [...parts, token] : [token]
      isJoined = false
    }
    if (parts.length < 3) continue
    names.add(parts.join('.'))
    parts = []
  }
  return names
}

/** Yields names, dots, and undefined for anything else, in linear time. */
function* tokensOf(text: string): Generator<string | undefined> {
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at
    const { 0: token, groups = {} } = TOKEN.exec(text)!
    at += token.length
    if (groups.comment) at = endOfComment(text, at)
    else if (isUnclear(groups)) throw unclear()
    else if (groups.quoted) yield token.slice(1, -1).replaceAll('""', '"')
    else if (groups.plain || token === '.') yield token
    else if (!groups.space) yield undefined
  }
}

/** Quotes that do not end, dollar quotes, and literals with escapes. */
const isUnclear = ({ other, dollars, literal }: Record<string, string | undefined>) =>
  other === "'" ||
  other === '"' ||
  dollars !== undefined ||
  (/^e/i.test(literal ?? '') && literal!.includes('\\'))

/** Comments may be nested. */
function endOfComment(text: string, start: number): number {
  const end = text.indexOf('*/', start)
  if (end < 0 || text.slice(start, end).includes('/*')) throw unclear()
  return end + 2
}

const unclear = () =>
  invalid('The tables of the query are ambiguous: it has nested comments, escapes or open quotes.')
