import { parseOrderBy } from '@cairn/platform/search/order-by'
import type { Comparison } from '@cairn/platform/search/parse'

/** The properties of a run that can be searched. */
export interface SearchableRun {
  readonly run_id: string
  readonly run_name: string
  readonly user_id: string
  readonly status: string
  readonly start_time: number
  readonly end_time: number | undefined
  readonly artifact_uri: string
  readonly experiment_id: string
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly datasets: readonly { readonly name: string; readonly digest: string; readonly context: string }[]
}

/** Tests one comparison on a run, as the oracle of run searches. */
export function matches(subject: SearchableRun, { entity, key, comparator, value }: Comparison): boolean {
  const operand = value.value
  if (entity === 'dataset')
    return subject.datasets.some((one) => holds(one[key as 'name'], comparator, operand))
  const left = fieldOf(subject, entity, key)
  if (comparator === 'IS NULL') return left === undefined
  if (comparator === 'IS NOT NULL') return left !== undefined
  return left !== undefined && holds(left, comparator, operand)
}

const SYNONYMS: Readonly<Record<string, string>> = { created: 'start_time' }

function fieldOf(
  subject: SearchableRun,
  entity: string | undefined,
  key: string,
): string | number | undefined {
  if (entity === 'metrics' || entity === 'params' || entity === 'tags') return subject[entity][key]
  return subject[(SYNONYMS[key] ?? key) as 'status']
}

function holds(left: string | number, comparator: string, right: unknown): boolean {
  const a = left as number
  const b = right as number
  switch (comparator) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    case 'IN':
      return (right as readonly unknown[]).includes(left)
    case 'NOT IN':
      return !(right as readonly unknown[]).includes(left)
    case 'RLIKE':
      return matchesRegex(String(left), String(right))
    default:
      return like(String(left), String(right), comparator === 'ILIKE')
  }
}

function matchesRegex(text: string, pattern: string): boolean {
  const ignoresCase = pattern.startsWith('(?i)')
  return new RegExp(ignoresCase ? pattern.slice(4) : pattern, ignoresCase ? 'i' : '').test(text)
}

function like(text: string, pattern: string, ignoreCase: boolean): boolean {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  return new RegExp(`^${source}$`, ignoreCase ? 'si' : 's').test(text)
}

/** Compares runs: missing values are last, NaN before them, in both directions; then the latest start, then the id. */
export function sorted(subjects: readonly SearchableRun[], clauses: readonly string[]): SearchableRun[] {
  const orders = clauses.map(parseOrderBy)
  return [...subjects].sort((a, b) => {
    for (const { entity, key, descending } of orders) {
      const order = compare(fieldOf(a, entity, key), fieldOf(b, entity, key), descending)
      if (order !== 0) return order
    }
    return b.start_time - a.start_time || (a.run_id < b.run_id ? -1 : 1)
  })
}

type Value = string | number | undefined

function compare(a: Value, b: Value, descending: boolean): number {
  const rank = rankOf(a) - rankOf(b)
  if (rank !== 0 || rankOf(a) > 0 || a === b) return rank
  return (a as number) < (b as number) === descending ? 1 : -1
}

const rankOf = (value: Value) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0)
