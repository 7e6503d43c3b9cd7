import type { Db } from '@cairn/platform/db/db'
import { invalid, invalidParameter, missingParameter } from '@cairn/platform/errors'
import type { SearchLoggedModels } from '@cairn/platform/protocol/mlflow/logged-models'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { comparisonsOf, filterSql } from '@cairn/platform/search/filter'
import { nullsLast, type Term } from '@cairn/platform/search/keyset'
import { type Condition, readFilter, resolveOrder } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { checkPositive } from '@cairn/platform/search/page-size'
import { compare, existsPerRow, keyedCondition } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseExperimentId } from '../experiments/id.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { MAX_PAGE_SIZE } from '../search/page-limits.js'
import { readModels } from './read-models.js'
import { LOGGED_MODEL_LANGUAGE } from './search-language.js'

type Query = Input<typeof SearchLoggedModels>
type OrderBy = NonNullable<Query['order_by']>[number]
interface DatasetFilter {
  readonly dataset_name?: string
  readonly dataset_digest?: string
}

const DEFAULT_PAGE = 50
const MODEL_ID = sql.ref('logged_models.model_id')

export class LoggedModelSearch {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /** Orders by `order_by`, then by creation time, latest first. @throws INVALID_PARAMETER_VALUE */
  async page(query: Query): Promise<Output<typeof SearchLoggedModels>> {
    const { experiment_ids = [], filter, datasets = [], order_by = [] } = query
    const limit = query.max_results || DEFAULT_PAGE
    checkPositive(limit)
    if (limit > MAX_PAGE_SIZE) throw invalidParameter(`max_results must be at most ${MAX_PAGE_SIZE}.`)
    if (experiment_ids.length === 0) throw missingParameter('experiment_ids')
    if (datasets.some(({ dataset_name }) => !dataset_name))
      throw invalid('`dataset_name` in the `datasets` clause must be specified.')
    const found = this.#db.read
      .selectFrom('logged_models')
      .selectAll()
      .where('experiment_id', 'in', experiment_ids.map(parseExperimentId))
      .where('lifecycle_stage', '=', 'active')
      .where((eb) => eb.and(conditionsOf(filter, datasets)))
    const { rows, next } = await readPage(found, {
      terms: termsOf(order_by),
      limit,
      token: query.page_token,
      identity: [experiment_ids, filter, datasets, order_by],
    })
    const models = await readModels(this.#db, rows)
    return { ...omitIfEmpty('models', models), ...(next && { next_page_token: next }) }
  }
}

function conditionsOf(filter: string | undefined, datasets: readonly DatasetFilter[]): RawBuilder<SqlBool>[] {
  const conditions = readFilter(LOGGED_MODEL_LANGUAGE, filter)
  const onDatasets =
    datasets.length > 0 ? [sql<SqlBool>`(${sql.join(datasets.map(onDataset), sql` or `)})`] : []
  const found = filterSql(conditions, (one) => toSql(one, onDatasets))
  if (onDatasets.length === 0 || comparisonsOf(conditions).some(({ entity }) => entity === 'metrics'))
    return found
  return [...found, measured(onDatasets)]
}

function toSql({ entity, key, comparator, value }: Condition, onDatasets: readonly RawBuilder<SqlBool>[]) {
  switch (entity) {
    case 'attribute':
      return compare(sql.ref(`logged_models.${key}`), comparator, value)
    case 'metrics':
      return measured([
        sql`key = ${key} and is_nan = 0 and ${compare(sql.ref('value'), comparator, value)}`,
        ...onDatasets,
      ])
    default: {
      const table = entity === 'params' ? 'logged_model_params' : 'logged_model_tags'
      return keyedCondition({ table, owner: 'model_id', outer: MODEL_ID }, key, comparator, value)
    }
  }
}

const measured = (conditions: readonly RawBuilder<SqlBool>[]) =>
  existsPerRow(
    sql`select 1 from logged_model_metrics where model_id = ${MODEL_ID} and ${sql.join(conditions, sql` and `)}`,
  )

const onDataset = ({ dataset_name, dataset_digest }: DatasetFilter) =>
  sql<SqlBool>`(dataset_name = ${dataset_name}${dataset_digest ? sql` and dataset_digest = ${dataset_digest}` : sql``})`

function termsOf(clauses: readonly OrderBy[]): Term[] {
  const terms = clauses.flatMap(clauseTerms)
  const created = { expression: sql.ref('logged_models.creation_timestamp_ms'), descending: true }
  return [...terms, created, { expression: MODEL_ID, descending: false }]
}

function clauseTerms({ field_name, ascending = true, ...dataset }: OrderBy): readonly Term[] {
  const [, entity, key] = /^([a-z]+)\.(.+)$/.exec(field_name) ?? [undefined, undefined, field_name]
  const order = resolveOrder(LOGGED_MODEL_LANGUAGE, { entity, key: unquoted(key!), descending: !ascending })
  const { descending } = order
  if (order.entity !== 'metrics')
    return nullsLast(sql.ref(`logged_models.${order.key}`), descending, order.kind === 'number' ? 0 : '')
  const latest = (column: string) => latestMetric(column, order.key, dataset)
  const rank = sql`coalesce(${latest('is_nan')}, 2)`
  return [
    { expression: rank, descending: false },
    { expression: sql`coalesce(${latest('value')}, 0)`, descending },
  ]
}

const unquoted = (key: string) => key.replace(/^`(.*)`$/, '$1')

const latestMetric = (column: string, key: string, dataset: DatasetFilter) => {
  const { dataset_name, dataset_digest } = dataset
  return sql`(select ${sql.ref(column)} from logged_model_metrics
    where model_id = ${MODEL_ID} and key = ${key}
      ${dataset_name ? sql`and dataset_name = ${dataset_name}` : sql``}
      ${dataset_digest ? sql`and dataset_digest = ${dataset_digest}` : sql``}
    order by timestamp desc, step desc, is_nan, value desc limit 1)`
}
