import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import type { SearchExperiments } from '@cairn/platform/protocol/mlflow/experiments'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { filterSql } from '@cairn/platform/search/filter'
import { type Condition, readFilter, readOrders } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { totalOrder } from '@cairn/platform/search/total-order'
import { columnOrTag } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { INDEXED_PREFIX } from '../entries/indexed-prefix.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { lifecycleStages } from '../search/lifecycle-stages.js'
import { checkMaxResults } from '../search/page-limits.js'
import { parseExperimentId } from './id.js'
import { readExperiments } from './read-experiments.js'
import { EXPERIMENT_LANGUAGE } from './search-language.js'

export class ExperimentSearch {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /** @param allowed the experiments that the caller may read; undefined for all */
  async page(
    input: Input<typeof SearchExperiments>,
    allowed?: AllowedObjects,
  ): Promise<Output<typeof SearchExperiments>> {
    const { max_results = 0, filter, order_by = [], view_type } = input
    checkMaxResults(max_results)
    const conditions = filterSql(readFilter(EXPERIMENT_LANGUAGE, filter), toSql)
    const query = this.#db.read
      .selectFrom('experiments')
      .selectAll()
      .where('lifecycle_stage', 'in', lifecycleStages(view_type))
      .where((eb) => eb.and(conditions))
      .$if(allowed !== undefined, (query) => query.where(allowed!.has('experiments.experiment_id')))
    const { rows, next } = await readPage(query, {
      terms: termsOf(order_by),
      limit: max_results,
      token: input.page_token,
      identity: [filter, order_by, view_type],
    })
    const experiments = await readExperiments(this.#db, rows)
    return { ...omitIfEmpty('experiments', experiments), ...(next && { next_page_token: next }) }
  }
}

const column = (key: string) => sql.ref(`experiments.${key}`)

const matches = columnOrTag({
  table: 'experiment_tags',
  owner: 'experiment_id',
  outer: column('experiment_id'),
  indexed: INDEXED_PREFIX,
})

/** Experiment ids are quoted in filters, as on the wire. @throws INVALID_PARAMETER_VALUE if one is not an integer */
function toSql(condition: Condition): RawBuilder<SqlBool> {
  const { entity, key, value } = condition
  if (entity !== 'attribute' || key !== 'experiment_id') return matches(condition)
  const toId = (id: unknown) => String(parseExperimentId(String(id)))
  return matches({ ...condition, value: Array.isArray(value) ? value.map(toId) : toId(value) })
}

const LATEST = [
  { key: 'creation_time', descending: true },
  { key: 'experiment_id', descending: false },
]

const termsOf = (clauses: readonly string[]) =>
  totalOrder(
    readOrders(EXPERIMENT_LANGUAGE, clauses),
    column,
    clauses.length > 0 ? [{ key: 'experiment_id', descending: true }] : LATEST,
  )
