import { quoteKey } from './filter-examples.js'
import { type Token, tokenize } from './filter-tokens.js'

/** A comparison of a filter: `metrics.loss < 0.5`. */
export interface FilterCondition {
  /** `metrics.loss`, `params.model`, `attributes.status`, `dataset.name`. */
  readonly field: string
  readonly comparator: string
  /** Without quotes; empty for IS NULL. */
  readonly value: string
}

const NUMERIC = ['>', '>=', '=', '!=', '<=', '<'] as const
const TEXT = ['=', '!=', 'LIKE', 'ILIKE', 'RLIKE'] as const
const NULLABLE = [...TEXT, 'IS NULL', 'IS NOT NULL'] as const
const START = 'attributes.start_time'
const TIMES = [START, 'attributes.end_time']

/** Returns whether the values of a field are times, in milliseconds since the epoch. */
export const isTime = (field: string) => TIMES.includes(field)
export const isNumeric = (field: string) => field.startsWith('metrics.') || isTime(field)
export const hasValue = (comparator: string) => !comparator.startsWith('IS')

export const comparatorsOf = (field: string): readonly string[] =>
  isNumeric(field) ? NUMERIC : /^(params|tags)\./.test(field) ? NULLABLE : TEXT

/** Values that contain both kinds of quotes cannot be written in MLflow's language. */
export const isQuotable = (value: string) => !(value.includes("'") && value.includes('"'))

export const quoted = (value: string) => (value.includes("'") ? `"${value}"` : `'${value}'`)

/** Returns whether a condition can be part of a filter. */
export const isComplete = ({ field, comparator, value }: FilterCondition) =>
  field.includes('.') &&
  !field.endsWith('.') &&
  (!hasValue(comparator) ||
    (isNumeric(field) ? value.trim() !== '' && Number.isFinite(Number(value)) : isQuotable(value)))

function conditionText({ field, comparator, value }: FilterCondition): string {
  const dot = field.indexOf('.')
  const name = `${field.slice(0, dot)}.${quoteKey(field.slice(dot + 1))}`
  if (!hasValue(comparator)) return `${name} ${comparator}`
  return `${name} ${comparator} ${isNumeric(field) ? value.trim() : quoted(value)}`
}

export const conditionsText = (conditions: readonly FilterCondition[]) =>
  conditions.filter(isComplete).map(conditionText).join(' AND ')

/** The filter for runs that match and started at a time or later; it replaces an earlier start. */
export function startedSince(filter: string, ms: number): string {
  const since = { field: START, comparator: '>=', value: String(ms) }
  const conditions = filter.trim() ? parseConditions(filter) : []
  if (!conditions) return `(${filter}) AND ${conditionsText([since])}`
  const others = conditions.filter(({ field, comparator }) => field !== START || !comparator.startsWith('>'))
  return conditionsText([...others, since])
}

/** The conditions of a filter; undefined if it has OR, parentheses or lists, which the builder cannot show. */
export function parseConditions(filter: string): FilterCondition[] | undefined {
  const tokens = tokenize(filter)
  const conditions: FilterCondition[] = []
  for (let at = 0; at < tokens.length; at++) {
    const condition = readCondition(tokens.slice(at, at + 3))
    if (!condition) return undefined
    conditions.push(condition)
    at += hasValue(condition.comparator) ? 3 : 2
    if (at < tokens.length && tokens[at]!.kind !== 'and') return undefined
  }
  return conditions
}

function readCondition([name, comparator, value]: readonly Token[]): FilterCondition | undefined {
  if (name?.kind !== 'name' || comparator?.kind !== 'comparator') return undefined
  const word = comparator.text.toUpperCase().replaceAll(/\s+/g, ' ')
  const field = fieldOf(name.text)
  if (!comparatorsOf(field).includes(word)) return undefined
  if (!hasValue(word)) return { field, comparator: word, value: '' }
  const kind = isNumeric(field) ? 'number' : 'text'
  return value?.kind === kind ? { field, comparator: word, value: unquote(value) } : undefined
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ metric: 'metrics', param: 'params', parameter: 'params', parameters: 'params', tag: 'tags' },
  ...{ attr: 'attributes', attribute: 'attributes', run: 'attributes', datasets: 'dataset' },
}

/** `metric.\`train loss\`` → `metrics.train loss`; a name without a dot is an attribute. */
export function fieldOf(name: string): string {
  const dot = name.indexOf('.')
  if (dot < 0) return `attributes.${name.replaceAll('`', '')}`
  const entity = name.slice(0, dot).toLowerCase()
  const key = name.slice(dot + 1)
  return `${ENTITIES[entity] ?? entity}.${/^[`"]/.test(key) ? key.slice(1, -1) : key}`
}

const unquote = ({ kind, text }: Token) => (kind === 'text' ? text.slice(1, -1) : text)
