import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { pageOf } from '@cairn/platform/db/page'
import type { Input } from '@cairn/platform/protocol/operation'
import type { SearchRuns } from '@cairn/platform/protocol/runs'
import { filterSql } from '@cairn/platform/search/filter'
import {
  after,
  type Cursor,
  decodeCursor,
  encodeCursor,
  orderByPosition,
  positionColumns,
  positionOf,
} from '@cairn/platform/search/keyset'
import { readFilter } from '@cairn/platform/search/language'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { readDistinctOrders } from '../distinct-orders.js'
import { experimentNumber } from '../experiments/id.js'
import { within } from '../experiments/within.js'
import { checkRequested } from '../limits.js'
import type { RunRow, TrackingSchema } from '../schema.js'
import { stages } from '../stages.js'
import { candidateRuns, MOST_CANDIDATES } from './candidates.js'
import { writeRuns } from './data.js'
import { unionAll } from './fresh.js'
import { RUNS } from './language.js'
import { type Segment, segmentsOf } from './order.js'
import { conditionSql } from './where.js'

const DEFAULT_PAGE = 1000
const EVERYTHING = [sql<SqlBool>`true`]

interface Found {
  readonly row: RunRow
  readonly cursor: Cursor
}

export interface RunPage {
  /** JSON. */
  readonly runs: readonly string[]
  readonly next_page_token?: string
}

/** Runs by MLflow's filter language, page by page, from indexes. */
export class RunSearch {
  readonly #db: Db<TrackingSchema>
  readonly #mostCandidates: number

  /** @param mostCandidates runs that are sorted rather than found along an ordering */
  constructor(db: Db<TrackingSchema>, mostCandidates = MOST_CANDIDATES) {
    this.#db = db
    this.#mostCandidates = mostCandidates
  }

  /** @throws INVALID_PARAMETER_VALUE in MLflow's words */
  async page(input: Input<typeof SearchRuns>): Promise<RunPage> {
    const { experiment_ids = [], filter, order_by = [], run_view_type, max_results = DEFAULT_PAGE } = input
    checkRequested(max_results)
    const experiments = experiment_ids.map(experimentNumber)
    const conditions = readFilter(RUNS, filter)
    const segments = segmentsOf(readDistinctOrders(RUNS, order_by), experiments, this.#db.dialect)
    const identity = [experiment_ids, filter, order_by, run_view_type]
    const widths = segments.map(({ terms }) => terms.length)
    const cursor = decodeCursor(input.page_token, identity, widths)
    if (experiments.length === 0) return { runs: [] }
    const where = [
      within(experiments, 'runs.experiment_id'),
      sql<SqlBool>`runs.lifecycle_stage in (${sql.join(stages(run_view_type))})`,
      ...filterSql(conditions, (one) => conditionSql(one, experiments, this.#db.dialect)),
    ]
    const candidates = cursor?.isWalk
      ? undefined
      : await candidateRuns(this.#db, conditions, experiments, this.#mostCandidates)
    const found = await this.#find(segments, where, cursor, max_results + 1, candidates)
    const { page, last } = pageOf(found, max_results)
    const runs = await writeRuns(
      this.#db,
      page.map(({ row }) => row),
    )
    return {
      runs,
      ...(last && { next_page_token: encodeCursor(last.cursor, identity) }),
    }
  }

  async #find(
    segments: readonly Segment[],
    where: readonly RawBuilder<SqlBool>[],
    cursor: Cursor | undefined,
    limit: number,
    candidates: readonly string[] | undefined,
  ): Promise<Found[]> {
    const wanted = candidates && idRows(this.#db.dialect, candidates)
    const found: Found[] = []
    for (let segment = cursor?.segment ?? 0; segment < segments.length; segment++) {
      const { from, owner, terms, where: own, parts = EVERYTHING } = segments[segment]!
      const past = segment === cursor?.segment ? [after(terms, cursor.position)] : []
      const begun = wanted ? sql`${wanted} as wanted cross join ${from}` : from
      const among = wanted ? [sql<SqlBool>`${owner} = wanted.id`] : []
      const selects = (wanted ? EVERYTHING : parts).map(
        (part) => sql`select runs.*, ${sql.join(positionColumns(terms))} from ${begun}
          where ${sql.join([...among, ...own, part, ...where, ...past], sql` and `)}`,
      )
      const { rows } = await sql<RunRow>`${unionAll(selects)}
        order by ${orderByPosition(terms)} limit ${limit - found.length}`.execute(this.#db.read)
      for (const row of rows)
        found.push({ row, cursor: { segment, position: positionOf(row, terms), isWalk: !wanted } })
      if (found.length >= limit) break
    }
    return found
  }
}
