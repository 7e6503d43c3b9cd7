import { type Token, tokenize } from './filter-tokens.js'

export type ProblemReason =
  | 'unterminated'
  | 'nameExpected'
  | 'unknownEntity'
  | 'unknownAttribute'
  | 'comparatorExpected'
  | 'comparatorForMetric'
  | 'comparatorForText'
  | 'numberExpected'
  | 'textExpected'
  | 'listExpected'
  | 'andExpected'
  | 'closeExpected'

/** The first error of a filter and its position. */
export interface Problem {
  readonly reason: ProblemReason
  readonly start: number
  readonly end: number
  readonly text: string
}

const MAY_GROW: ReadonlySet<ProblemReason> = new Set([
  'unterminated',
  'nameExpected',
  'unknownEntity',
  'unknownAttribute',
  'comparatorExpected',
  'andExpected',
])

/** Returns whether more typing may fix the problem. */
export const isUnfinished = ({ reason, start, end }: Problem, text: string) =>
  end >= text.trimEnd().length && (start === end || MAY_GROW.has(reason))

type Kind = 'metric' | 'text' | 'time'

const ENTITIES: ReadonlyMap<string, 'metric' | 'text' | 'attribute'> = new Map([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['param', 'text'],
  ['params', 'text'],
  ['parameter', 'text'],
  ['parameters', 'text'],
  ['tag', 'text'],
  ['tags', 'text'],
  ['dataset', 'text'],
  ['datasets', 'text'],
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['attr', 'attribute'],
  ['run', 'attribute'],
])

const ATTRIBUTES: ReadonlyMap<string, Kind> = new Map([
  ['run_id', 'text'],
  ['run_name', 'text'],
  ['run name', 'text'],
  ['Run name', 'text'],
  ['Run Name', 'text'],
  ['status', 'text'],
  ['user_id', 'text'],
  ['artifact_uri', 'text'],
  ['start_time', 'time'],
  ['created', 'time'],
  ['Created', 'time'],
  ['end_time', 'time'],
])

const ORDERING = new Set(['>', '>=', '<', '<=', '=', '!='])
const WORDS = new Set(['=', '!=', 'LIKE', 'ILIKE', 'RLIKE', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'])

/**
 * Checks a filter by the server's grammar, for hints while typing. The server's verdict counts.
 *
 * @returns the first problem, undefined for a valid or empty filter
 */
export function checkFilter(text: string): Problem | undefined {
  const tokens = tokenize(text)
  const open = tokens.find((token) => token.open)
  if (open) return at(open, 'unterminated')
  let rest: readonly Token[] = tokens
  let depth = 0
  while (rest.length > 0) {
    const opened = leading(rest, 'open')
    const clause = checkClause(rest.slice(opened), text.length)
    if ('reason' in clause) return clause
    const closed = Math.min(depth + opened, leading(clause.rest, 'close'))
    depth += opened - closed
    const [joint, ...after] = clause.rest.slice(closed)
    if (!joint) return depth > 0 ? end(text.length, 'closeExpected') : undefined
    if (joint.kind !== 'and' && joint.kind !== 'or') return at(joint, 'andExpected')
    if (after.length === 0) return end(text.length, 'nameExpected')
    rest = after
  }
  return undefined
}

/** Number of leading tokens of a kind. */
const leading = (tokens: readonly Token[], kind: Token['kind']) => {
  const other = tokens.findIndex((token) => token.kind !== kind)
  return other < 0 ? tokens.length : other
}

type Step = Problem | { readonly rest: readonly Token[] }

function checkClause([name, comparator, ...rest]: readonly Token[], length: number): Step {
  if (name?.kind !== 'name') return name ? at(name, 'nameExpected') : end(length, 'nameExpected')
  const kind = kindOf(name)
  if (typeof kind === 'object') return kind
  if (comparator?.kind !== 'comparator')
    return comparator ? at(comparator, 'comparatorExpected') : end(length, 'comparatorExpected')
  const word = comparator.text.toUpperCase().replaceAll(/\s+/g, ' ')
  if (!(kind === 'text' ? WORDS : ORDERING).has(word))
    return at(comparator, kind === 'text' ? 'comparatorForText' : 'comparatorForMetric')
  if (word.startsWith('IS')) return { rest }
  if (word.endsWith('IN')) return checkList(rest, length)
  return checkValue(kind, rest, length)
}

function kindOf(name: Token): Kind | Problem {
  const dot = name.text.indexOf('.')
  if (dot < 0) return ATTRIBUTES.get(unquote(name.text)) ?? at(name, 'unknownAttribute')
  const entity = ENTITIES.get(name.text.slice(0, dot).toLowerCase())
  if (!entity) return { ...at(name, 'unknownEntity'), end: name.start + dot }
  if (entity !== 'attribute') return entity
  return ATTRIBUTES.get(unquote(name.text.slice(dot + 1))) ?? at(name, 'unknownAttribute')
}

const unquote = (key: string) => (/^[`"]/.test(key) ? key.slice(1, -1) : key)

function checkValue(kind: Kind, [value, ...rest]: readonly Token[], length: number): Step {
  const reason = kind === 'text' ? 'textExpected' : 'numberExpected'
  if (!value) return end(length, reason)
  return value.kind === (kind === 'text' ? 'text' : 'number') ? { rest } : at(value, reason)
}

function checkList(tokens: readonly Token[], length: number): Step {
  const [open, ...items] = tokens
  if (open?.kind !== 'open') return open ? at(open, 'listExpected') : end(length, 'listExpected')
  const close = items.findIndex((token) => token.kind === 'close')
  const wrong = items
    .slice(0, close < 0 ? items.length : close)
    .find((token, index) => token.kind !== (index % 2 === 0 ? 'text' : 'comma'))
  if (wrong) return at(wrong, 'listExpected')
  return close < 0 ? end(length, 'listExpected') : { rest: items.slice(close + 1) }
}

const at = ({ start, end, text }: Token, reason: ProblemReason): Problem => ({ reason, start, end, text })

const end = (length: number, reason: ProblemReason): Problem => ({
  reason,
  start: length,
  end: length,
  text: '',
})
