import { invalid } from '../errors.js'
import { type Filter, mapFilter } from './filter.js'
import { type OrderBy, parseOrderBy } from './order-by.js'
import { type Comparator, type Comparison, type Literal, parseFilter } from './parse.js'

export type ValueType = 'string' | 'number'

/** A key with a defined meaning, such as an attribute. Other spellings are further entries with the same `column`. */
export interface Field {
  readonly column: string
  readonly kind: ValueType
  /** True if MLflow allows IN and NOT IN; Cairn allows them for all text. */
  readonly lists?: boolean
  /** The supported comparators, if they are fewer than those of other fields of the kind. */
  readonly comparators?: readonly Comparator[]
  /** True if its integers may be quoted. */
  readonly quoted?: boolean
}

/** A kind of key in filters, such as `metric`. */
export interface Entity {
  /** Other spellings of the entity. */
  readonly aliases: readonly string[]
  /** The keys. Without them any key is allowed, with values of `kind`. */
  readonly fields?: Readonly<Record<string, Field>>
  /** Matches further keys with free names. */
  readonly open?: RegExp
  /** The keys that only filters may use. */
  readonly unordered?: readonly string[]
  /** The keys that only orderings may use. */
  readonly unfiltered?: readonly string[]
  readonly kind?: ValueType
  readonly comparators?: readonly Comparator[]
  /** True if its text may contain numbers, which `>` and similar comparators compare. */
  readonly measured?: boolean
  /** False if none of its keys can be used in an ordering. */
  readonly ordered?: boolean
}

/** The searchable fields of a noun, following MLflow's tables. */
export interface Language {
  /** True if all text can be compared with RLIKE, which MLflow refuses. */
  readonly matches?: boolean
  /** The entities by canonical name. A key without an entity belongs to `attribute`. */
  readonly entities: Readonly<Record<string, Entity>>
}

/** A validated comparison. `entity` is canonical, and `key` is a column or a free key. */
export interface Condition {
  readonly entity: string
  readonly key: string
  readonly comparator: Comparator
  readonly value: string | number | readonly string[] | null
}

export interface Order {
  readonly entity: string
  readonly key: string
  readonly kind: ValueType
  readonly descending: boolean
}

export const RANGES: readonly Comparator[] = ['>', '>=', '<', '<=']
export const NUMERIC: readonly Comparator[] = ['>', '>=', '!=', '=', '<', '<=']
export const TEXT: readonly Comparator[] = ['!=', '=', 'LIKE', 'ILIKE']
export const TEXT_OR_NULL: readonly Comparator[] = [...TEXT, 'IS NULL', 'IS NOT NULL']
export const MATCHES: readonly Comparator[] = ['RLIKE']
const LISTS: readonly Comparator[] = ['IN', 'NOT IN']
export const TEXT_OR_LIST: readonly Comparator[] = [...TEXT, ...LISTS]

/** Parses a filter of the language. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export const readFilter = (language: Language, text: string | undefined): Filter<Condition> =>
  mapFilter(parseFilter(text), (comparison) => resolveCondition(language, comparison))

const MAX_ORDERS = 50

/** Parses an ordering of the language. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function readOrders(language: Language, clauses: readonly string[]): Order[] {
  if (clauses.length > MAX_ORDERS)
    throw invalid(`'order_by' has ${clauses.length} items; at most ${MAX_ORDERS} are allowed in a request.`)
  return clauses.map((clause) => resolveOrder(language, parseOrderBy(clause)))
}

/**
 * Resolves a comparison. Accepts IN for any text in addition to MLflow's comparisons, and RLIKE if the language has it.
 *
 * @throws INVALID_PARAMETER_VALUE in MLflow's words: unknown entity, unknown key, wrong value, wrong comparator
 */
function resolveCondition(language: Language, comparison: Comparison): Condition {
  const { name, entity } = findEntity(language, comparison.entity)
  const field = findField(name, entity, comparison.key, entity.unfiltered)
  const { comparator } = comparison
  const value = operandOf(name, entity, field, comparison)
  const allowed = field ? comparatorsOf(field, entity) : (entity.comparators ?? TEXT_OR_NULL)
  if (!allowed.includes(comparator) && !isExtension(language, comparator, value))
    throw invalid(
      `Invalid comparator '${comparator}' not one of '{${allowed.map((one) => `'${one}'`).join(', ')}}'`,
    )
  return { entity: name, key: field?.column ?? comparison.key, comparator, value }
}

/** Returns whether Cairn accepts a comparison that MLflow does not. Messages do not list it. */
const isExtension = ({ matches = false }: Language, comparator: Comparator, value: Condition['value']) =>
  LISTS.includes(comparator)
    ? typeof value === 'object'
    : matches && MATCHES.includes(comparator) && typeof value === 'string'

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function resolveOrder(language: Language, order: OrderBy): Order {
  const { name, entity } = findEntity(language, order.entity)
  const field = findField(name, entity, order.key, entity.unordered)
  if (entity.ordered === false) throw invalid(`Invalid order_by entity: ${name}`)
  const kind = field?.kind ?? entity.kind ?? 'string'
  return { entity: name, key: field?.column ?? order.key, kind, descending: order.descending }
}

function findEntity({ entities }: Language, spelling: string | undefined) {
  if (spelling === undefined) return { name: 'attribute', entity: entities.attribute! }
  for (const [name, entity] of Object.entries(entities))
    if (name === spelling || entity.aliases.includes(spelling)) return { name, entity }
  const names = Object.keys(entities).map((name) => `'${name}'`)
  throw invalid(`Invalid entity type '${spelling}'. Valid values are [${names.join(', ')}]`)
}

function findField(name: string, entity: Entity, key: string, without: readonly string[] = []) {
  if (!entity.fields || entity.open?.test(key)) return undefined
  if (Object.hasOwn(entity.fields, key) && !without.includes(key)) return entity.fields[key]
  const keys = Object.keys(entity.fields).filter((one) => !without.includes(one))
  throw invalid(
    `Invalid ${name} key '${key}' specified. Valid keys are '{${keys.map((one) => `'${one}'`).join(', ')}}'`,
  )
}

const comparatorsOf = (field: Field, entity: Entity) =>
  field.comparators ??
  entity.comparators ??
  (field.kind === 'number' ? NUMERIC : field.lists ? TEXT_OR_LIST : TEXT)

function operandOf(name: string, entity: Entity, field: Field | undefined, comparison: Comparison) {
  const { key, comparator, value } = comparison
  if (value.kind === 'none') return rejectNull(name, entity, field, key)
  const kind = field?.kind ?? entity.kind ?? 'string'
  if (kind === 'number' || (entity.measured && RANGES.includes(comparator)))
    return numberOf(name, field && key, value, field?.quoted)
  if (value.kind === 'unquoted')
    throw invalid(
      `Parameter value is either not quoted or unidentified quote types used for string value ${value.text}. Use either single or double quotes.`,
    )
  const listed = LISTS.includes(comparator)
  if (value.kind === 'list' && listed) return value.value
  if (value.kind === 'string' && !listed) return value.value
  if (listed) throw invalid(`Expected a list of quoted strings after ${comparator}. Got value ${value.text}`)
  throw invalid(
    field
      ? `Expected a quoted string value for ${name === 'attribute' ? 'attributes' : `${name} attributes`}. Got value ${value.text}`
      : `Expected a quoted string value for ${name} (e.g. 'my-value'). Got value ${value.text}`,
  )
}

function rejectNull(name: string, entity: Entity, field: Field | undefined, key: string): null {
  const comparators = field ? field.comparators : (entity.comparators ?? TEXT_OR_NULL)
  if (comparators?.includes('IS NULL')) return null
  throw invalid(`IS NULL / IS NOT NULL is only supported for tags and params, not for '${name}' '${key}'`)
}

function numberOf(name: string, key: string | undefined, value: Literal, quoted = false): number {
  if (value.kind === 'number') return value.value
  if (quoted && value.kind === 'string' && /^-?\d+$/.test(value.value)) return Number(value.value)
  throw invalid(
    key === undefined
      ? `Expected numeric value type for ${name}. Found ${value.text}`
      : `Expected numeric value type for numeric ${name}: ${key}. Found ${value.text}`,
  )
}
