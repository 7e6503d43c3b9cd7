import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import type { SearchEvaluationDatasets } from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { filterSql } from '@cairn/platform/search/filter'
import { readFilter, readOrders } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { totalOrder } from '@cairn/platform/search/total-order'
import { columnOrTag } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { INDEXED_PREFIX } from '../entries/indexed-prefix.js'
import { parseExperimentId } from '../experiments/id.js'
import { inExperiments } from '../experiments/in-experiments.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { checkMaxResults } from '../search/page-limits.js'
import { readDatasets } from './read-datasets.js'
import { EVALUATION_DATASET_LANGUAGE } from './search-language.js'

const DEFAULT_PAGE = 1000

export class EvaluationDatasetSearch {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /**
   * @param allowed the experiments that the caller may read; undefined for all
   * @throws INVALID_PARAMETER_VALUE in MLflow's words
   */
  async page(
    input: Input<typeof SearchEvaluationDatasets>,
    allowed?: AllowedObjects,
  ): Promise<Output<typeof SearchEvaluationDatasets>> {
    const { experiment_ids = [], filter_string, order_by = [] } = input
    const limit = input.max_results || DEFAULT_PAGE
    checkMaxResults(limit)
    const conditions = filterSql(readFilter(EVALUATION_DATASET_LANGUAGE, filter_string), toSql)
    if (experiment_ids.length > 0)
      conditions.push(belongsTo(inExperiments(experiment_ids.map(parseExperimentId))))
    if (allowed) conditions.push(belongsTo(allowed.has('experiment_id')))
    const query = this.#db.read
      .selectFrom('evaluation_datasets')
      .selectAll()
      .where((eb) => eb.and(conditions))
    const { rows, next } = await readPage(query, {
      terms: termsOf(order_by),
      limit,
      token: input.page_token,
      identity: [experiment_ids, filter_string, order_by],
    })
    const datasets = await readDatasets(this.#db, rows)
    return { ...omitIfEmpty('datasets', datasets), ...(next && { next_page_token: next }) }
  }
}

const belongsTo = (experiments: RawBuilder<SqlBool>) =>
  sql<SqlBool>`evaluation_datasets.dataset_id in (select dataset_id from evaluation_dataset_experiments
    where ${experiments})`

const column = (key: string) => sql.ref(`evaluation_datasets.${key}`)

const toSql = columnOrTag({
  table: 'evaluation_dataset_tags',
  owner: 'dataset_id',
  outer: column('dataset_id'),
  indexed: INDEXED_PREFIX,
})

/** Default order: the latest created first. */
const termsOf = (clauses: readonly string[]) =>
  totalOrder(readOrders(EVALUATION_DATASET_LANGUAGE, clauses), column, [
    ...(clauses.length > 0 ? [] : [{ key: 'created_time', descending: true }]),
    { key: 'dataset_id', descending: true },
  ])
