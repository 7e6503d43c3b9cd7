import type { Completion } from '../ui/use-completion.js'
import type { Column } from './columns.js'
import { comparatorsOf, fieldOf, hasValue, isNumeric, isQuotable, quoted } from './filter-conditions.js'
import { quoteKey } from './filter-examples.js'
import { type Token, tokenize } from './filter-tokens.js'

const MAX_SHOWN = 50
const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']
const EXTRA_FIELDS = ['attributes.run_name', 'dataset.name', 'dataset.digest']

/** The field whose value is typed at the end of a filter; undefined elsewhere. */
export function fieldAtEnd(text: string): string | undefined {
  const { name, comparator } = clauseAtEnd(text)
  if (!name || !comparator || !hasValue(comparator.text.toUpperCase())) return undefined
  const field = fieldOf(name.text)
  return isNumeric(field) ? undefined : field
}

/**
 * Suggestions at the end of a filter: keys, comparators, values or joints.
 *
 * @param values known values of `fieldAtEnd`
 */
export function completeFilter(
  text: string,
  available: readonly Column[],
  values: readonly string[],
): Completion {
  const { start, name, comparator, value } = clauseAtEnd(text)
  const done = value ?? (comparator && !hasValue(comparator.text.toUpperCase()) ? comparator : undefined)
  const isSpaced = /\s$/.test(text)
  const atEnd = (suggestions: readonly string[]) => ({ from: text.length, suggestions })
  if (done && !done.open && isSpaced) return atEnd(['AND', 'OR'])
  if (comparator && fieldAtEnd(text) !== undefined) {
    const typed = value ? value.text.replaceAll(/^['"]|['"]$/g, '').toLowerCase() : ''
    const found = values.filter((one) => isQuotable(one) && one.toLowerCase().includes(typed)).map(quoted)
    return suggestionsFor(text, value?.start ?? text.length, found)
  }
  if (comparator) return atEnd([])
  if (name && isSpaced) return atEnd(comparatorsOf(fieldOf(name.text)))
  const typed = text.slice(start).trim().toLowerCase()
  const fields = [...available.map(({ id }) => id), ...EXTRA_FIELDS]
  const found = fields.filter((id) => id.toLowerCase().includes(typed.replaceAll('`', ''))).map(written)
  return suggestionsFor(text, start, found)
}

/** Without the one that is typed already. */
const suggestionsFor = (text: string, from: number, found: readonly string[]): Completion => ({
  from,
  suggestions: [...new Set(found)].filter((one) => one !== text.slice(from)).slice(0, MAX_SHOWN),
})

const written = (id: string) => {
  const dot = id.indexOf('.')
  return `${id.slice(0, dot)}.${quoteKey(id.slice(dot + 1))}`
}

interface Clause {
  /** Its position in the text. */
  readonly start: number
  readonly name?: Token
  readonly comparator?: Token
  readonly value?: Token
}

/** The unfinished comparison at the end of a filter. */
function clauseAtEnd(text: string): Clause {
  const tokens = tokenize(text)
  const joint = tokens.findLastIndex(({ kind }) => kind === 'and' || kind === 'or' || kind === 'open')
  const [name, comparator, value] = tokens.slice(joint + 1)
  const after = joint < 0 ? 0 : tokens[joint]!.end
  const start = after + (/^\s*/.exec(text.slice(after))?.[0].length ?? 0)
  return {
    start,
    ...(name?.kind === 'name' && { name }),
    ...(comparator?.kind === 'comparator' && { comparator }),
    ...(value && { value }),
  }
}

/** Values that are known without asking the server. */
export const knownValues = (field: string | undefined) => (field === 'attributes.status' ? STATUSES : [])
