import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { pageOf } from '@cairn/platform/db/page'
import type { SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import type { Input } from '@cairn/platform/protocol/operation'
import { comparisonsOf } from '@cairn/platform/search/filter'
import {
  afterPosition,
  type Cursor,
  decodeCursor,
  encodeCursor,
  orderByPosition,
  positionColumns,
  positionOf,
} from '@cairn/platform/search/keyset'
import { readFilter } from '@cairn/platform/search/language'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseExperimentId } from '../../experiments/id.js'
import { inExperiments } from '../../experiments/in-experiments.js'
import type { RunRow, TrackingSchema } from '../../schema.js'
import { readDistinctOrders } from '../../search/distinct-orders.js'
import { lifecycleStages } from '../../search/lifecycle-stages.js'
import { checkRequestMaxResults } from '../../search/page-limits.js'
import { readRunsAsJson } from '../read-runs.js'
import { unionAll } from '../value-index.js'
import { candidateRuns, MAX_CANDIDATES } from './candidates.js'
import { runFilterSql } from './conditions.js'
import { memberSql } from './groupings.js'
import { RUN_LANGUAGE } from './language.js'
import { mergesExperiments, RUNS_PER_TABLE } from './merging.js'
import { orderSegments, type Segment } from './segments.js'

const DEFAULT_PAGE = 1000
const NO_PARTITION = [sql<SqlBool>`true`]

/** The ordering and the conditions of a search in some of its experiments. */
interface SearchPart {
  readonly segments: readonly Segment[]
  readonly where: readonly RawBuilder<SqlBool>[]
}

interface FoundRun {
  readonly row: RunRow
  readonly cursor: Cursor
}

export interface RunPage {
  /** JSON. */
  readonly runs: readonly string[]
  readonly next_page_token?: string
}

interface RunSearchOptions {
  /** The number of runs up to which candidates are read and sorted instead of scanning an ordering. */
  readonly maxCandidates?: number
  /** The number of runs, for each table that a union reads, from which experiments are merged instead of sorted. */
  readonly runsPerTable?: number
}

/** Searches runs by MLflow's filter language, page by page, from indexes. */
export class RunSearch {
  readonly #db: Db<TrackingSchema>
  readonly #maxCandidates: number
  readonly #runsPerTable: number

  constructor(
    db: Db<TrackingSchema>,
    { maxCandidates = MAX_CANDIDATES, runsPerTable = RUNS_PER_TABLE }: RunSearchOptions = {},
  ) {
    this.#db = db
    this.#maxCandidates = maxCandidates
    this.#runsPerTable = runsPerTable
  }

  /** @throws INVALID_PARAMETER_VALUE in MLflow's words */
  async page(input: Input<typeof SearchRuns>): Promise<RunPage> {
    const { experiment_ids = [], filter, order_by = [], run_view_type, within = [] } = input
    const { max_results = DEFAULT_PAGE } = input
    checkRequestMaxResults(max_results)
    const experiments = experiment_ids.map(parseExperimentId)
    const conditions = readFilter(RUN_LANGUAGE, filter)
    const orders = readDistinctOrders(RUN_LANGUAGE, order_by)
    const partOf = (own: readonly number[]): SearchPart => ({
      segments: orderSegments(orders, own, this.#db.dialect),
      where: [
        inExperiments(own, 'runs.experiment_id'),
        sql<SqlBool>`runs.lifecycle_stage in (${sql.join(lifecycleStages(run_view_type))})`,
        ...runFilterSql(conditions, own, this.#db.dialect),
        ...within.map((group) => memberSql(group, own, this.#db.dialect)),
      ],
    })
    const whole = partOf(experiments)
    const identity = [experiment_ids, filter, order_by, run_view_type, ...within]
    const widths = whole.segments.map(({ terms }) => terms.length)
    const cursor = decodeCursor(input.page_token, identity, widths)
    if (experiments.length === 0) return { runs: [] }
    const candidates = cursor?.isWalk
      ? undefined
      : await candidateRuns(this.#db, conditions, experiments, this.#maxCandidates)
    const isMerged =
      !candidates &&
      (await mergesExperiments(this.#db, {
        ...{ experiments, orders, runsPerTable: this.#runsPerTable },
        comparisons: comparisonsOf(conditions).length + within.length,
        length: JSON.stringify([filter, order_by, within]).length,
      }))
    const parts = isMerged ? [...new Set(experiments)].map((one) => partOf([one])) : [whole]
    const found = await this.#find(parts, cursor, max_results + 1, candidates)
    const { page, last } = pageOf(found, max_results)
    const runs = await readRunsAsJson(
      this.#db,
      page.map(({ row }) => row),
      input.projection,
    )
    return {
      runs,
      ...(last && { next_page_token: encodeCursor(last.cursor, identity) }),
    }
  }

  async #find(
    parts: readonly SearchPart[],
    cursor: Cursor | undefined,
    limit: number,
    candidates: readonly string[] | undefined,
  ): Promise<FoundRun[]> {
    const wanted = candidates && idRows(this.#db.dialect, candidates)
    const found: FoundRun[] = []
    const { segments } = parts[0]!
    for (let segment = cursor?.segment ?? 0; segment < segments.length; segment++) {
      const { terms } = segments[segment]!
      const past = segment === cursor?.segment ? [afterPosition(terms, cursor.position)] : []
      const selects = parts.flatMap(({ segments, where }) => {
        const { from, owner, where: own, partitions = NO_PARTITION } = segments[segment]!
        const started = wanted ? sql`${wanted} as wanted cross join ${from}` : from
        const among = wanted ? [sql<SqlBool>`${owner} = wanted.id`] : []
        return (wanted ? NO_PARTITION : partitions).map(
          (partition) => sql`select runs.*, ${sql.join(positionColumns(terms))} from ${started}
            where ${sql.join([...among, ...own, partition, ...where, ...past], sql` and `)}`,
        )
      })
      const { rows } = await sql<RunRow>`${unionAll(selects)}
        order by ${orderByPosition(terms)} limit ${limit - found.length}`.execute(this.#db.read)
      for (const row of rows)
        found.push({ row, cursor: { segment, position: positionOf(row, terms), isWalk: !wanted } })
      if (found.length >= limit) break
    }
    return found
  }
}
