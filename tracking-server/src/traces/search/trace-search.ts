import type { Db } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import type { TraceInfo } from '@cairn/platform/protocol/mlflow/traces'
import { readPage } from '@cairn/platform/search/page'
import { parseExperimentId } from '../../experiments/id.js'
import { inExperiments } from '../../experiments/in-experiments.js'
import type { TrackingSchema } from '../../schema.js'
import { checkRequestMaxResults } from '../../search/page-limits.js'
import { readTraces } from '../read-traces.js'
import { traceConditions } from './conditions.js'
import { traceTerms } from './order.js'

const DEFAULT_PAGE = 100
const MAX_PAGE = 500

export interface TraceQuery {
  readonly experiments: readonly string[]
  readonly filter?: string | undefined
  readonly max_results?: number | undefined
  readonly order_by?: readonly string[] | undefined
  readonly page_token?: string | undefined
}

/** Searches traces, without their spans, by MLflow's filter language. */
export class TraceSearch {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /** @throws INVALID_PARAMETER_VALUE in MLflow's words */
  async page(query: TraceQuery): Promise<{ traces: TraceInfo[]; next: string | undefined }> {
    const { experiments, filter, max_results = DEFAULT_PAGE, order_by = [] } = query
    checkRequestMaxResults(max_results, MAX_PAGE)
    const ids = parseExperimentIds(experiments)
    const terms = traceTerms(order_by)
    const conditions = [inExperiments(ids), ...traceConditions(filter, this.#db.dialect, ids)]
    const found = this.#db.read
      .selectFrom('traces')
      .selectAll()
      .where((eb) => eb.and(conditions))
    const { rows, next } = await readPage(found, {
      terms,
      limit: max_results,
      token: query.page_token,
      identity: [experiments, filter, order_by],
    })
    return { traces: await readTraces(this.#db, rows), next }
  }
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words for a location in Unity Catalog */
export function parseExperimentIds(ids: readonly string[]): number[] {
  const others = ids.filter((id) => id.includes('.')).join(', ')
  if (others)
    throw invalid(
      `Locations must be a list of experiment IDs. Found invalid experiment IDs: ${others.length > 20 ? `${others.slice(0, 20)}...` : others}.`,
    )
  return ids.map(parseExperimentId)
}
