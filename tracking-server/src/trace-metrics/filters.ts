import { invalid } from '@cairn/platform/errors'
import { pythonReprList } from '@cairn/platform/mlflow/python'
import { parseFilter } from '@cairn/platform/search/parse'
import { keyedCondition } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { TRACE_ID } from '../traces/search/conditions.js'
import { VIEWS, type View } from './views.js'

/** Translates a filter with one comparison, such as `trace.tag.<key> = 'value'`. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function metricCondition(filter: string, view: View): RawBuilder<SqlBool> {
  const [clause, ...more] = parseFilter(filter)
  if (!clause || 'anyOf' in clause || more.length > 0)
    throw invalid(`Invalid filter: '${filter}'. Expected one filter clause.`)
  const { entity = '', key, comparator, value } = clause
  if (comparator !== '=') throw invalid(`Invalid comparator: '${comparator}', only '=' operator is supported`)
  if (value.kind !== 'string')
    throw invalid(
      `Expected a quoted string value for ${key} value (e.g. 'my-value'). Got value ${value.text}`,
    )
  const [, table, name] = /^(tag|metadata)\.(.+)$/s.exec(key) ?? []
  if (entity === 'trace' && name)
    return keyedCondition(
      { table: `trace_${table === 'tag' ? 'tags' : table}`, owner: 'trace_id', outer: TRACE_ID },
      name,
      '=',
      value.value,
    )
  return sql`${sql.ref(columnOf(entity, key, view))} = ${value.value}`
}

function columnOf(entity: string, key: string, view: View): string {
  const named = Object.values(VIEWS).find(({ filter }) => filter.name === entity)
  if (!named) throw invalid(`Invalid view type '${entity}'. Valid values are ['trace', 'span', 'assessment']`)
  const { columns } = named.filter
  if (!Object.hasOwn(columns, key))
    throw invalid(
      `Invalid entity '${key}' specified for view type '${entity}'. Valid entities are ${entitiesOf(named)}`,
    )
  if (named !== view && entity !== 'trace')
    throw invalid(`Filtering by ${entity} is only supported for ${entity.toUpperCase()}S view type`)
  return columns[key]!
}

const entitiesOf = ({ filter }: View) =>
  pythonReprList([...Object.keys(filter.columns), ...(filter.name === 'trace' ? ['tag', 'metadata'] : [])])
