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
 * Whole filters that continue the typed one: with a key, a comparator, a value or a joint.
 *
 * @param values known values of `fieldAtEnd`
 */
export function completions(text: string, available: readonly Column[], values: readonly string[]): string[] {
  const { start, name, comparator, value } = clauseAtEnd(text)
  const done = value ?? (comparator && !hasValue(comparator.text.toUpperCase()) ? comparator : undefined)
  const isSpaced = /\s$/.test(text)
  if (done && !done.open && isSpaced) return ['AND ', 'OR '].map((joint) => text + joint)
  if (comparator && fieldAtEnd(text) !== undefined) {
    const typed = value ? value.text.replaceAll(/^['"]|['"]$/g, '').toLowerCase() : ''
    const before = value ? text.slice(0, value.start) : `${text.trimEnd()} `
    return values
      .filter((one) => isQuotable(one) && one.toLowerCase().includes(typed))
      .slice(0, MAX_SHOWN)
      .map((one) => before + quoted(one))
  }
  if (comparator) return []
  if (name && isSpaced) return comparatorsOf(fieldOf(name.text)).map((word) => `${text.trimEnd()} ${word} `)
  const typed = text.slice(start).trim().toLowerCase()
  const fields = [...available.map(({ id }) => id), ...EXTRA_FIELDS]
  return fields
    .filter((id) => id.toLowerCase().includes(typed.replaceAll('`', '')))
    .slice(0, MAX_SHOWN)
    .map((id) => `${text.slice(0, start)}${written(id)} `)
}

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
