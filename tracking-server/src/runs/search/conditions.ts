import type { Dialect } from '@cairn/platform/db/dialect'
import { type Filter, filterSql } from '@cairn/platform/search/filter'
import type { Condition } from '@cairn/platform/search/language'
import { compare } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { inExperiments } from '../../experiments/in-experiments.js'

const RUN_ID = sql.ref('runs.run_id')

/** A comparison; one of a parameter or tag may have more keys, any of which has to match. */
interface KeysCondition extends Condition {
  readonly others?: readonly string[]
}

/** Translates a filter to SQL on `runs` that reads from the indexes of the searched experiments. */
export const runFilterSql = (filter: Filter<Condition>, experiments: readonly number[], dialect: Dialect) =>
  filterSql(withJoinedKeys(filter), (one) => conditionSql(one, experiments, dialect))

/**
 * Joins alternatives that compare many parameters or tags with the same text, as a search for words does: the entries of a run are then
 * read once.
 */
export function withJoinedKeys(filter: Filter<Condition>): Filter<KeysCondition> {
  return filter.map((clause) => {
    if (!('anyOf' in clause)) return clause
    const joined = new Map<string, readonly KeysCondition[]>()
    const anyOf: Filter<KeysCondition>[] = []
    for (const each of clause.anyOf) {
      const [one] = each
      if (each.length > 1 || !one || 'anyOf' in one || !isJoinable(one)) anyOf.push(withJoinedKeys(each))
      else {
        const id = JSON.stringify([one.entity, one.comparator, one.value])
        joined.set(id, [...(joined.get(id) ?? []), one])
      }
    }
    const conditions = [...joined.values()].map(([first, ...others]) => [
      { ...first!, ...(others.length > 0 && { others: others.map(({ key }) => key) }) },
    ])
    return { anyOf: [...anyOf, ...conditions] }
  })
}

const isJoinable = ({ entity, comparator }: Condition) =>
  (entity === 'parameter' || entity === 'tag') && !comparator.startsWith('IS')

/** Translates a comparison to SQL on `runs`. */
export function conditionSql(
  condition: KeysCondition,
  experiments: readonly number[],
  dialect: Dialect,
): RawBuilder<SqlBool> {
  const { entity, key, comparator, value } = condition
  switch (entity) {
    case 'attribute':
      return compare(sql.ref(`runs.${key}`), comparator, value, dialect)
    case 'metric':
      return metricSql(condition, dialect)
    case 'dataset':
      return datasetSql(condition, experiments, dialect)
    default:
      return entrySql(condition, dialect)
  }
}

/** Returns a condition that is evaluated for each run. `candidates.ts` reduces the number of runs. */
function entrySql({ entity, key, others, comparator, value }: KeysCondition, dialect: Dialect) {
  const { perRow } = dialect
  const table = sql.table(entity === 'tag' ? 'tags' : 'params')
  const keys = others ? sql`in (${sql.join([key, ...others])})` : sql`= ${key}`
  const own = sql<SqlBool>`${table} as own where own.run_id = ${RUN_ID} and own.key ${keys}`
  if (comparator === 'IS NULL') return sql<SqlBool>`not exists (select 1 from ${own} ${perRow})`
  if (comparator === 'IS NOT NULL') return sql<SqlBool>`exists (select 1 from ${own} ${perRow})`
  const matches = compare(sql.ref('own.value'), comparator, value, dialect)
  return sql<SqlBool>`exists (select 1 from ${own} and ${matches} ${perRow})`
}

/** Compares the latest value. NaN is unequal to every number. */
function metricSql({ key, comparator, value }: Condition, { perRow }: Dialect): RawBuilder<SqlBool> {
  const matches = compare(sql.ref('own.value'), comparator, value)
  const valid = comparator === '!=' ? sql`(own.is_nan = 1 or ${matches})` : sql`own.is_nan = 0 and ${matches}`
  return sql`exists (select 1 from latest_metrics as own
    where own.run_id = ${RUN_ID} and own.key = ${key} and ${valid} ${perRow})`
}

function datasetSql({ key, comparator, value }: Condition, experiments: readonly number[], dialect: Dialect) {
  const scope = inExperiments(experiments, 'datasets.experiment_id')
  if (key === 'context')
    return sql<SqlBool>`${RUN_ID} in (select used.run_id from datasets
      inner join dataset_input_tags as used on used.dataset_id = datasets.dataset_id
      where ${scope} and used.key = 'mlflow.data.context' and ${compare(sql.ref('used.value'), comparator, value, dialect)})`
  return sql<SqlBool>`${RUN_ID} in (select used.run_id from datasets
    inner join dataset_inputs as used on used.dataset_id = datasets.dataset_id
    where ${scope} and ${compare(sql.ref(`datasets.${key}`), comparator, value, dialect)})`
}
