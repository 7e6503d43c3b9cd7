import type { PrincipalType } from '@cairn/platform/auth/principal'
import type { Dialect } from '@cairn/platform/db/dialect'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { type Comparison, folded, type ScimFilter, TIMES } from './scim-filter.js'

type Condition = RawBuilder<SqlBool>

/**
 * Returns a condition that indexes can answer and that every matching principal meets. `matchesFilter` decides among its rows.
 *
 * @returns undefined when all principals of the type must be read
 */
export function candidates(filter: ScimFilter, type: PrincipalType, dialect: Dialect): Condition | undefined {
  switch (filter.kind) {
    case 'not':
      return undefined
    case 'compare':
      return comparison(filter, type, dialect)
    case 'and': {
      const parts = filter.parts.flatMap((part) => candidates(part, type, dialect) ?? [])
      return parts.length > 0 ? sql`(${sql.join(parts, sql` and `)})` : undefined
    }
    case 'or': {
      const parts = filter.parts.map((part) => candidates(part, type, dialect))
      return parts.every((part) => part !== undefined) ? sql`(${sql.join(parts, sql` or `)})` : undefined
    }
  }
}

const COLUMNS: Readonly<Record<string, RawBuilder<unknown>>> = {
  username: sql.ref('name'),
  applicationid: sql.ref('name'),
  displayname: sql.ref('display_name'),
  externalid: sql.ref('external_id'),
  emails: sql`coalesce(${sql.ref('email')}, ${sql.ref('name')})`,
}

function comparison(one: Comparison, type: PrincipalType, dialect: Dialect): Condition | undefined {
  const { attribute, operator } = one
  const text = String(folded(one.value))
  if (TIMES.has(attribute)) return timeComparison(one)
  if (attribute === 'id' && operator === 'eq') return sql`id = ${text}`
  if (attribute === 'members' && operator === 'eq')
    return sql`id in (select group_id from group_members where member_id = ${String(one.value)})`
  const column = attribute === 'displayname' && type === 'group' ? COLUMNS.username : ownColumn(attribute)
  return column && textComparison(dialect.lowerAscii(column), operator, text)
}

const ownColumn = (attribute: string) => (Object.hasOwn(COLUMNS, attribute) ? COLUMNS[attribute] : undefined)

/** Characters that lower-casing for ASCII and for Unicode changes alike: ASCII, and letters without case. */
const FOLDED_ALIKE = /^[\x01-\x7f\p{Lo}]*/u

function textComparison(
  column: RawBuilder<unknown>,
  operator: Comparison['operator'],
  text: string,
): Condition | undefined {
  if (operator !== 'eq' && operator !== 'sw') return undefined
  const [prefix] = FOLDED_ALIKE.exec(text)!
  if (operator === 'eq' && prefix === text) return sql`${column} = ${text}`
  return prefix === '' ? undefined : sql`(${column} >= ${prefix} and ${column} < ${`${prefix}\u{10ffff}`})`
}

const TIME_COLUMNS: Readonly<Record<string, Condition>> = {
  'meta.created': sql`created_at`,
  'meta.lastmodified': sql`coalesce(updated_at, created_at)`,
}
const TIME_OPERATORS = { eq: sql`=`, gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` } as const

function timeComparison({ attribute, operator, value }: Comparison): Condition | undefined {
  if (!Object.hasOwn(TIME_OPERATORS, operator)) return undefined
  const compare = TIME_OPERATORS[operator as keyof typeof TIME_OPERATORS]
  return sql`${TIME_COLUMNS[attribute]} ${compare} ${Date.parse(String(value))}`
}
