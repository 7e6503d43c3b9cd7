import type { Dialect } from '@cairn/platform/db/dialect'
import { nullsLast, type Term } from '@cairn/platform/search/keyset'
import type { Order } from '@cairn/platform/search/language'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { INDEXED_PREFIX } from '../../entries/indexed-prefix.js'
import { inExperiments } from '../../experiments/in-experiments.js'
import { indexPartitions } from '../value-index.js'

/**
 * A range of the ordering that one index yields in order. Runs that have the first key come before runs that lack it,
 * so that the first page does not read the latter.
 */
export interface Segment {
  readonly from: RawBuilder<unknown>
  /** The run's id in the leading table. */
  readonly owner: RawBuilder<unknown>
  readonly where: readonly RawBuilder<SqlBool>[]
  /** The conditions of several indexes, if the rows are in several. Each row satisfies exactly one of them. */
  readonly partitions?: readonly RawBuilder<SqlBool>[]
  readonly terms: readonly Term[]
}

export function orderSegments(
  orders: readonly Order[],
  experiments: readonly number[],
  dialect: Dialect,
): Segment[] {
  const [first, ...others] = orders
  const rest = [...others.flatMap((order, i) => termsOf(order, `o${i}`)), ...tieBreak(orders)]
  const joins = sql.join(others.map(joinOf), sql` `)
  const whole: Segment = {
    from: sql`runs ${joins}`,
    owner: sql.ref('runs.run_id'),
    where: [],
    terms: rest,
  }
  if (!first) return [whole]
  if (first.entity === 'attribute') return attributeSegments(first, whole)
  const { key, descending } = first
  const missing = sql<SqlBool>`not exists (select 1 from ${sql.table(TABLES[first.entity]!)} as known
    where known.run_id = runs.run_id and known.key = ${key})`
  const found = (condition: RawBuilder<SqlBool> | undefined, terms: readonly Term[]): Segment => ({
    from: sql`${sql.table(TABLES[first.entity]!)} as first cross join runs ${joins}`,
    owner: sql.ref('first.run_id'),
    where: [
      inExperiments(experiments, 'first.experiment_id'),
      sql<SqlBool>`first.key = ${key} and runs.run_id = first.run_id`,
      ...(condition ? [condition] : []),
    ],
    terms: [...terms, ...rest],
  })
  const last: Segment = { ...whole, where: [missing] }
  if (first.entity === 'metric')
    return [
      found(sql<SqlBool>`first.is_nan = 0`, [column('first.value', descending)]),
      found(sql<SqlBool>`first.is_nan = 1`, []),
      last,
    ]
  const prefix = sql`substr(first.value, 1, ${sql.lit(INDEXED_PREFIX)})`
  const known = found(undefined, [{ expression: prefix, descending }, column('first.value', descending)])
  return [{ ...known, partitions: indexPartitions('first', dialect) }, last]
}

const TABLES: Readonly<Record<string, string>> = {
  metric: 'latest_metrics',
  parameter: 'params',
  tag: 'tags',
}

function attributeSegments({ key, descending }: Order, whole: Segment): Segment[] {
  const name = `runs.${key}`
  const ordered = { ...whole, terms: [column(name, descending), ...whole.terms] }
  if (key !== 'end_time') return [ordered]
  return [
    { ...ordered, where: [sql<SqlBool>`${sql.ref(name)} is not null`] },
    { ...whole, where: [sql<SqlBool>`${sql.ref(name)} is null`] },
  ]
}

function joinOf({ entity, key }: Order, i: number): RawBuilder<unknown> {
  const table = TABLES[entity]
  if (!table) return sql``
  const alias = `o${i}`
  return sql`left join ${sql.table(table)} as ${sql.ref(alias)}
    on ${sql.ref(`${alias}.run_id`)} = runs.run_id and ${sql.ref(`${alias}.key`)} = ${key}`
}

/** Returns the terms of a secondary key: its rank (present, NaN, missing) and its value. */
function termsOf({ entity, key, descending }: Order, alias: string): readonly Term[] {
  if (entity === 'attribute')
    return key === 'end_time'
      ? nullsLast(sql.ref('runs.end_time'), descending, 0)
      : [column(`runs.${key}`, descending)]
  const value = sql.ref(`${alias}.value`)
  if (entity !== 'metric') return nullsLast(value, descending, '')
  const rank = sql`(case when ${value} is null then 2 else ${sql.ref(`${alias}.is_nan`)} end)`
  return [
    { expression: rank, descending: false },
    { expression: sql`coalesce(${value}, 0)`, descending },
  ]
}

function tieBreak(orders: readonly Order[]): Term[] {
  const has = (key: string) => orders.some((order) => order.entity === 'attribute' && order.key === key)
  return [
    ...(has('start_time') ? [] : [column('runs.start_time', true)]),
    ...(has('run_id') ? [] : [column('runs.run_id', false)]),
  ]
}

const column = (name: string, descending: boolean): Term => ({ expression: sql.ref(name), descending })
