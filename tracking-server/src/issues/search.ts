import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { SEVERITIES, type SearchIssues } from '@cairn/platform/protocol/mlflow/issues'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { filterSql } from '@cairn/platform/search/filter'
import type { Term } from '@cairn/platform/search/keyset'
import { type Field, type Language, readFilter } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { compare } from '@cairn/platform/search/where'
import { sql } from 'kysely'
import { parseExperimentId } from '../experiments/id.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { checkMaxResults } from '../search/page-limits.js'
import { toIssue } from './store.js'

const DEFAULT_PAGE = 100

const exactly = (column: string): Field => ({ column, kind: 'string', comparators: ['=', '!='] })

const ISSUE_LANGUAGE: Language = {
  entities: {
    attribute: {
      aliases: ['attributes', 'attr'],
      fields: { status: exactly('status'), source_run_id: exactly('source_run_id') },
    },
  },
}

export class IssueSearch {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /** Orders by severity, then by the number of traces if it is included, then by creation time, latest first. */
  async page(
    input: Input<typeof SearchIssues>,
    allowed?: AllowedObjects,
  ): Promise<Output<typeof SearchIssues>> {
    const { experiment_id, filter_string, max_results = DEFAULT_PAGE, include_trace_count = false } = input
    checkMaxResults(max_results)
    const conditions = filterSql(readFilter(ISSUE_LANGUAGE, filter_string), ({ key, comparator, value }) =>
      compare(sql.ref(key), comparator, value),
    )
    const query = this.#db.read
      .selectFrom('issues')
      .selectAll()
      .$if(include_trace_count, (query) => query.select(TRACE_COUNT.as('trace_count')))
      .$if(Boolean(experiment_id), (query) =>
        query.where('experiment_id', '=', parseExperimentId(experiment_id!)),
      )
      .where((eb) => eb.and(conditions))
      .$if(allowed !== undefined, (query) => query.where(allowed!.has('issues.experiment_id')))
    const { rows, next = '' } = await readPage(query, {
      terms: termsOf(include_trace_count),
      limit: max_results,
      token: input.page_token,
      identity: [experiment_id, filter_string, include_trace_count],
    })
    const issues = rows.map((row) => ({
      ...toIssue(row),
      ...(include_trace_count && { trace_count: Number(row.trace_count) }),
    }))
    return { ...omitIfEmpty('issues', issues), next_page_token: next }
  }
}

const SEVERITY = sql`(case issues.severity
  ${sql.join(
    SEVERITIES.map((one, rank) => sql`when ${sql.lit(one)} then ${sql.lit(rank)}`),
    sql` `,
  )} else -1 end)`

/** An assessment of the kind `issue` is named after the issue's id. */
const TRACE_COUNT = sql<number>`(select count(distinct assessments.trace_id) from assessments
  where assessments.kind = 'issue' and assessments.name = issues.issue_id)`

const termsOf = (counted: boolean): Term[] => [
  { expression: SEVERITY, descending: true },
  ...(counted ? [{ expression: TRACE_COUNT, descending: true }] : []),
  { expression: sql.ref('issues.created_timestamp'), descending: true },
  { expression: sql.ref('issues.issue_id'), descending: true },
]
