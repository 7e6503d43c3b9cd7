import type { Dialect } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { jointSql } from '@cairn/platform/search/filter'
import { type Condition, readFilter } from '@cairn/platform/search/language'
import { compare, existsPerRow, keyedCondition } from '@cairn/platform/search/where'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { INDEXED_PREFIX } from '../../entries/indexed-prefix.js'
import { TRACE_METADATA, TRACE_TAG } from '../../entries/trace-entries.js'
import { assessmentSql } from './assessment-conditions.js'
import { TRACE_LANGUAGE } from './language.js'

export const TRACE_ID = sql.ref('traces.trace_id')

/** The end time. A running trace counts as ended when it started, as in MLflow. */
export const END_TIME = sql<number>`(traces.timestamp_ms + coalesce(traces.execution_time_ms, 0))`

/** Translates a filter to conditions on `traces` of the given experiments. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function traceConditions(
  filter: string | undefined,
  dialect: Dialect,
  experiments: readonly number[],
): RawBuilder<SqlBool>[] {
  return jointSql(readFilter(TRACE_LANGUAGE, filter), (joint) => {
    const ofSpans = joint.filter(isOfSpan)
    const rest = joint.filter((one) => !isOfSpan(one)).map((one) => conditionSql(one, dialect, experiments))
    return ofSpans.length > 0 ? [...rest, spanSql(ofSpans, dialect)] : rest
  })
}

const isOfSpan = ({ entity, key }: Condition) =>
  entity === 'span' || (entity === 'attribute' && key === 'text')

/** Requires one span that satisfies all conditions. */
function spanSql(conditions: readonly Condition[], dialect: Dialect): RawBuilder<SqlBool> {
  const all = conditions.map(({ key, comparator, value }) => {
    if (key === 'text' || key === 'content') {
      const columns = ['name', 'attributes', 'events'].map((column) =>
        compare(sql.ref(column), comparator, value),
      )
      return sql<SqlBool>`(${sql.join(columns, sql` or `)})`
    }
    const [, name] = /^attributes\.(.+)$/s.exec(key) ?? []
    const column = name === undefined ? sql.ref(key) : dialect.member(sql.ref('attributes'), name)
    return compare(column, comparator, value, dialect)
  })
  return existsPerRow(
    sql`select 1 from spans where spans.trace_id = ${TRACE_ID} and ${sql.join(all, sql` and `)}`,
  )
}

function conditionSql(
  condition: Condition,
  dialect: Dialect,
  experiments: readonly number[],
): RawBuilder<SqlBool> {
  const { entity, key, comparator, value } = condition
  switch (entity) {
    case 'attribute':
      return attributeSql(condition, dialect)
    case 'tag':
      return entrySql('trace_tags', condition, dialect)
    case 'request_metadata':
      return key === TRACE_METADATA.RUN && comparator === '='
        ? ofRun(value)
        : entrySql('trace_metadata', condition, dialect)
    default:
      return assessmentSql(condition, dialect, experiments)
  }
}

function attributeSql(condition: Condition, dialect: Dialect): RawBuilder<SqlBool> {
  const { key, comparator, value } = condition
  switch (key) {
    case 'name':
      return entrySql('trace_tags', { ...condition, key: TRACE_TAG.NAME }, dialect)
    case 'run_id':
      return comparator === '='
        ? ofRun(value)
        : entrySql('trace_metadata', { ...condition, key: TRACE_METADATA.RUN }, dialect)
    case 'prompt':
      return usesPrompt(String(value))
    case 'end_time_ms':
      return compare(END_TIME, comparator, value)
    default:
      return compare(sql.ref(`traces.${key}`), comparator, value, dialect)
  }
}

function entrySql(
  table: 'trace_tags' | 'trace_metadata',
  { key, comparator, value }: Condition,
  dialect: Dialect,
) {
  return keyedCondition(
    { table, owner: 'trace_id', outer: TRACE_ID, indexed: INDEXED_PREFIX, dialect },
    key,
    comparator,
    value,
  )
}

/** Matches traces that were created in the run or linked to it. */
const ofRun = (run: Condition['value']): RawBuilder<SqlBool> =>
  sql`(${isIn(sql`select trace_id from trace_runs where run_id = ${run}`)} or ${keyedCondition(
    { table: 'trace_metadata', owner: 'trace_id', outer: TRACE_ID, indexed: INDEXED_PREFIX },
    TRACE_METADATA.RUN,
    '=',
    run,
  )})`

function usesPrompt(prompt: string): RawBuilder<SqlBool> {
  if (prompt.split('/').length !== 2)
    throw invalid(`Invalid prompts filter value '${prompt}'. Expected format: prompt = "name/version"`)
  return isIn(sql`select trace_id from trace_prompts where prompt_version = ${prompt}`)
}

const isIn = (ids: Expression<unknown>): RawBuilder<SqlBool> => sql`${TRACE_ID} in (${ids})`
