import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Dialect } from '../db/dialect.js'
import { firstCharacters } from '../text/first-characters.js'
import type { Condition } from './language.js'
import type { Comparator } from './parse.js'

export type Operand = string | number | readonly string[] | null

/**
 * Writes `left comparator value` as SQL with the same meaning on all engines: LIKE is case-sensitive and has no escape
 * character. A NULL on the left matches only IS NULL.
 *
 * @param dialect required if the language has RLIKE
 */
export function compare(
  left: Expression<unknown>,
  comparator: Comparator,
  value: Operand,
  dialect?: Dialect,
): RawBuilder<SqlBool> {
  switch (comparator) {
    case 'LIKE':
      return sql`${left} like ${escaped(value)} escape '!'`
    case 'ILIKE':
      return sql`lower(${left}) like lower(${escaped(value)}) escape '!'`
    case 'IN':
      return sql`${left} in (${sql.join(value as readonly string[])})`
    case 'NOT IN':
      return sql`${left} not in (${sql.join(value as readonly string[])})`
    case 'IS NULL':
      return sql`${left} is null`
    case 'IS NOT NULL':
      return sql`${left} is not null`
    case 'RLIKE':
      if (!dialect) throw new TypeError('RLIKE needs a dialect')
      return sql`${dialect.matches(left, String(value))}`
    default:
      return sql`${left} ${sql.raw(comparator)} ${operand(value)}`
  }
}

/** Casts a number to double, because PostgreSQL would otherwise convert a fraction to the column's integer type. */
const operand = (value: Operand) =>
  typeof value === 'number' && !Number.isSafeInteger(value)
    ? sql`cast(${value} as double precision)`
    : sql`${value}`

/**
 * Writes `exists (…)` so that it is looked up for each row. SQLite turns one without a limit into a join, and planning a
 * hundred joins takes seconds. PostgreSQL ignores the limit.
 */
export const existsPerRow = (subquery: RawBuilder<unknown>): RawBuilder<SqlBool> =>
  sql<SqlBool>`exists (${subquery} limit 1)`

const escaped = (pattern: Operand) => String(pattern).replaceAll('!', '!!')

/** A table of `key`, `value` rows that belong to rows of another table, such as tags. */
export interface KeyedTable {
  readonly table: string
  /** The column with the id of the owning row. */
  readonly owner: string
  /** The same id in the outer query. */
  readonly outer: Expression<unknown>
  /** A condition that an index can use, such as `experiment_id in (…)`. */
  readonly scope?: Expression<SqlBool>
  /** The number of leading characters of values that are indexed: `substr(value, 1, indexed)`. */
  readonly indexed?: number
  /** Required if the language has RLIKE. */
  readonly dialect?: Dialect
}

/** Returns a condition on the value of `key`. All comparators but IS NULL match only rows that have the key. */
export function keyedCondition(
  { table, owner, outer, scope, indexed, dialect }: KeyedTable,
  key: string,
  comparator: Comparator,
  value: Operand,
): RawBuilder<SqlBool> {
  const from = sql.table(table)
  const column = sql.ref(`${table}.${owner}`)
  if (comparator === 'IS NULL')
    return sql`not exists (select 1 from ${from} where ${column} = ${outer} and key = ${key})`
  const conditions: Expression<SqlBool>[] = scope ? [scope] : []
  conditions.push(sql`key = ${key}`)
  if (comparator === '=' && indexed)
    conditions.push(sql`substr(value, 1, ${sql.lit(indexed)}) = ${firstCharacters(String(value), indexed)}`)
  if (comparator !== 'IS NOT NULL') conditions.push(compare(sql.ref('value'), comparator, value, dialect))
  return sql`${outer} in (select ${column} from ${from} where ${sql.join(conditions, sql` and `)})`
}

/** Returns the conditions of a noun with columns and tags. */
export const columnOrTag =
  (tags: KeyedTable) =>
  ({ entity, key, comparator, value }: Condition): RawBuilder<SqlBool> =>
    entity === 'attribute'
      ? compare(sql.ref(key), comparator, value)
      : keyedCondition(tags, key, comparator, value)
