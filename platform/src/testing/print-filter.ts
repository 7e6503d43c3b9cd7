import type { Filter } from '../search/filter.js'
import type { Comparison, Literal } from '../search/parse.js'

/** Writes a filter such that `parseFilter` reads the same filter again. */
export const printFilter = (filter: Filter<Comparison>): string =>
  filter
    .map((clause) =>
      'anyOf' in clause ? `(${clause.anyOf.map(printFilter).join(' OR ')})` : printComparison(clause),
    )
    .join(' AND ')

function printComparison({ entity, key, comparator, value }: Comparison): string {
  const name = entity === undefined ? printKey(key) : `${entity}.${printKey(key)}`
  return value.kind === 'none' ? `${name} ${comparator}` : `${name} ${comparator} ${printLiteral(value)}`
}

const printKey = (key: string) => `\`${key.replaceAll('`', '``')}\``

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'list':
      return `(${literal.value.map(printString).join(', ')})`
    case 'string':
      return printString(literal.value)
    default:
      return String(literal.value)
  }
}

const printString = (value: string) => `'${value.replaceAll("'", "''")}'`
