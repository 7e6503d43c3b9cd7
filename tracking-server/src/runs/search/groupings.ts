import type { Dialect } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import type { Grouping, RunGroupRef } from '@cairn/platform/protocol/mlflow/run-projection'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { conditionSql } from './conditions.js'

const ATTRIBUTES: readonly string[] = ['status', 'user_id']
const DATASET_FIELDS: readonly string[] = ['name', 'digest']

/** The values by which runs are grouped. */
export interface GroupingSql {
  /** Joins the values to `runs`. */
  readonly join: RawBuilder<unknown>
  /** Null for runs that lack the key. */
  readonly value: RawBuilder<unknown>
  /** True if a run may have several values, and one of them more than once. */
  readonly isMany: boolean
}

/** @throws INVALID_PARAMETER_VALUE for an attribute or a field of datasets that cannot group runs */
export function groupingSql({ kind, key }: Grouping): GroupingSql {
  checkKey(kind, key)
  switch (kind) {
    case 'attributes':
      return { join: sql``, value: sql.ref(`runs.${key}`), isMany: false }
    case 'datasets':
      return {
        join: sql`left join dataset_inputs as used on used.run_id = runs.run_id
          left join datasets as own on own.dataset_id = used.dataset_id`,
        value: sql.ref(`own.${key}`),
        isMany: true,
      }
    default:
      return {
        join: sql`left join ${sql.table(kind)} as own on own.run_id = runs.run_id and own.key = ${key}`,
        value: sql.ref('own.value'),
        isMany: false,
      }
  }
}

const ENTITIES = { params: 'parameter', tags: 'tag', attributes: 'attribute', datasets: 'dataset' } as const

/** Returns whether a run is in a group. @throws INVALID_PARAMETER_VALUE like `groupingSql` */
export function memberSql(
  { kind, key, value }: RunGroupRef,
  experiments: readonly number[],
  dialect: Dialect,
): RawBuilder<SqlBool> {
  checkKey(kind, key)
  const condition = { entity: ENTITIES[kind], key }
  if (value !== undefined) return conditionSql({ ...condition, comparator: '=', value }, experiments, dialect)
  if (kind === 'attributes') return sql`1 = 0`
  if (kind === 'datasets')
    return sql`not exists (select 1 from dataset_inputs as used where used.run_id = runs.run_id ${dialect.perRow})`
  return conditionSql({ ...condition, comparator: 'IS NULL', value: null }, experiments, dialect)
}

function checkKey(kind: Grouping['kind'], key: string) {
  const known = kind === 'attributes' ? ATTRIBUTES : kind === 'datasets' ? DATASET_FIELDS : undefined
  if (known && !known.includes(key))
    throw invalid(`Runs cannot be grouped by '${key}' of ${kind}; supported: ${known.join(', ')}.`)
}
