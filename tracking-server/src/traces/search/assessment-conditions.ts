import type { Dialect } from '@cairn/platform/db/dialect'
import type { Condition } from '@cairn/platform/search/language'
import { compare, existsPerRow } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { TRACE_METADATA } from '../../entries/trace-entries.js'
import { inExperiments } from '../../experiments/in-experiments.js'

/**
 * Translates a comparison on assessments to SQL. An assessment of a session applies to each of its traces if it was made in
 * one of the given experiments, because sessions of other experiments may have the same name.
 */
export function assessmentSql(
  condition: Condition,
  dialect: Dialect,
  experiments: readonly number[],
): RawBuilder<SqlBool> {
  const { entity, key, comparator, value } = condition
  if (entity === 'issue') return isAssessed(sql`kind = 'issue' and name = ${value}`)
  const named = sql<SqlBool>`kind = ${entity} and name = ${key} and valid = 1`
  if (comparator === 'IS NOT NULL') return isAssessedWithSession(named, experiments)
  if (comparator === 'IS NULL') return sql`not ${isAssessedWithSession(named, experiments)}`
  return isAssessedWithSession(sql`${named} and ${valueSql(condition, dialect)}`, experiments)
}

/** The value of an assessment if it is a number, otherwise null. */
export const NUMERIC_VALUE = sql`case
  when assessments.value in ('true', 'false', 'null') or substr(assessments.value, 1, 1) in ('"', '[', '{') then null
  else cast(assessments.value as double precision) end`

/** Compares values, which are stored as JSON. A string matches itself, its JSON and the JSON in it. A number matches numbers. */
function valueSql({ comparator, value }: Condition, dialect: Dialect): RawBuilder<SqlBool> {
  if (typeof value === 'number') return compare(NUMERIC_VALUE, comparator, value)
  const column = sql.ref('assessments.value')
  switch (comparator) {
    case '=':
      return compare(column, 'IN', equivalentTexts(String(value)))
    case '!=':
      return compare(column, 'NOT IN', equivalentTexts(String(value)))
    case 'IN':
    case 'NOT IN':
      return compare(column, comparator, (value as readonly string[]).flatMap(equivalentTexts))
    default:
      return compare(column, comparator, value, dialect)
  }
}

/** Returns the forms in which MLflow stores JSON, as Python writes it, such as `5.0` for 5 and `[1.0, 2.0]` for `[1,2]`. */
function equivalentTexts(text: string): readonly string[] {
  const texts = [text, JSON.stringify(text)]
  try {
    const parsed = JSON.parse(text) as unknown
    // JSON.stringify would write a number outside of the range of doubles as null
    return Math.abs(Number(parsed)) === Number.POSITIVE_INFINITY ? texts : [...texts, JSON.stringify(parsed)]
  } catch {
    return texts
  }
}

const isAssessed = (conditions: RawBuilder<SqlBool>): RawBuilder<SqlBool> =>
  existsPerRow(sql`select 1 from assessments where assessments.trace_id = traces.trace_id and ${conditions}`)

const isAssessedWithSession = (
  conditions: RawBuilder<SqlBool>,
  experiments: readonly number[],
): RawBuilder<SqlBool> =>
  sql`(${isAssessed(conditions)} or traces.trace_id in (
    select sibling.trace_id from assessments
    inner join traces as judged on judged.trace_id = assessments.trace_id
      and ${inExperiments(experiments, 'judged.experiment_id')}
    inner join trace_metadata as one on one.trace_id = assessments.trace_id and one.key = ${TRACE_METADATA.SESSION}
    inner join trace_metadata as sibling on sibling.key = ${TRACE_METADATA.SESSION} and sibling.value = one.value
    where session is not null and ${conditions}))`
