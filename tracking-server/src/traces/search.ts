import type { Db } from '@cairn/platform/db/db'
import { pageOf } from '@cairn/platform/db/page'
import { invalid } from '@cairn/platform/errors'
import type { TraceInfo } from '@cairn/platform/protocol/traces'
import {
  after,
  decodeCursor,
  encodeCursor,
  orderBy,
  positionColumns,
  positionOf,
} from '@cairn/platform/search/keyset'
import { type SqlBool, sql } from 'kysely'
import { experimentNumber } from '../experiments/id.js'
import { checkPositive, refuse } from '../limits.js'
import type { TrackingSchema } from '../schema.js'
import { readTraces } from './data.js'
import { traceTerms } from './order.js'
import type { TraceRow } from './schema.js'
import { traceConditions } from './where.js'

const DEFAULT_PAGE = 100
const MAX_PAGE = 500

export interface TraceQuery {
  readonly experiments: readonly string[]
  readonly filter?: string | undefined
  readonly max_results?: number | undefined
  readonly order_by?: readonly string[] | undefined
  readonly page_token?: string | undefined
}

/** Traces without their spans, by MLflow's filter language. */
export class TraceSearch {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /** @throws INVALID_PARAMETER_VALUE in MLflow's words */
  async page(query: TraceQuery): Promise<{ traces: TraceInfo[]; next: string | undefined }> {
    const { experiments, filter, max_results = DEFAULT_PAGE, order_by = [] } = query
    checkPage(max_results)
    const ids = experimentsOf(experiments)
    const terms = traceTerms(order_by)
    const identity = [experiments, filter, order_by]
    const conditions = traceConditions(filter, this.#db.dialect)
    const cursor = decodeCursor(query.page_token, identity, [terms.length])
    if (ids.length === 0) return { traces: [], next: undefined }
    const where = [
      sql<SqlBool>`traces.experiment_id in (${sql.join(ids)})`,
      ...conditions,
      ...(cursor ? [after(terms, cursor.position)] : []),
    ]
    const { rows } = await sql<TraceRow>`
      select traces.*, ${sql.join(positionColumns(terms))} from traces
      where ${sql.join(where, sql` and `)} order by ${orderBy(terms)} limit ${max_results + 1}`.execute(
      this.#db.read,
    )
    const { page, last } = pageOf(rows, max_results)
    return {
      traces: await readTraces(this.#db, page),
      next: last && encodeCursor({ segment: 0, position: positionOf(last, terms) }, identity),
    }
  }
}

function checkPage(maxResults: number) {
  if (maxResults > MAX_PAGE)
    throw refuse(
      `Invalid value ${maxResults} for parameter 'max_results' supplied:  Hint: Value was of type 'int'.`,
    )
  checkPositive(maxResults)
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words for what is a name of another catalog */
export function experimentsOf(ids: readonly string[]): number[] {
  const others = ids.filter((id) => id.includes('.')).join(', ')
  if (others)
    throw invalid(
      `Locations must be a list of experiment IDs. Found invalid experiment IDs: ${others.length > 20 ? `${others.slice(0, 20)}...` : others}.`,
    )
  return ids.map(experimentNumber)
}
