import { comparisonsOf, type Filter, filterSql } from '@cairn/platform/search/filter'
import type { Condition } from '@cairn/platform/search/language'
import { keyed } from '@cairn/platform/search/where'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { IS_PROMPT } from '../models/prompts.js'

/**
 * Conditions on models, or on what they have. Prompts share the tables and stay hidden unless the filter asks for them
 * by their tag. What has no such tag is no prompt: clients ask for all models by `!= 'true'`, which of other tags finds
 * only what has them. A version of a prompt has the tag too; one without is not found, for clients refuse to read it.
 *
 * @param model the name of the model in the query around
 */
export function hidePrompts(
  filter: Filter<Condition>,
  model: Expression<unknown>,
  toSql: (one: Condition) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool>[] {
  const marked = keyed(
    { table: 'registered_model_tags', owner: 'name', outer: model },
    IS_PROMPT,
    '=',
    'true',
  )
  const unmarked = sql<SqlBool>`not (${marked})`
  const found = filterSql(filter, (one) => {
    const { comparator, value } = one
    if (!isOnMark(one) || (comparator !== '=' && comparator !== '!=')) return toSql(one)
    if ((String(value).toLowerCase() === 'true') !== (comparator === '=')) return unmarked
    return sql`(${marked} and ${toSql({ ...one, comparator: '=', value: 'true' })})`
  })
  return comparisonsOf(filter).some(isOnMark) ? found : [...found, unmarked]
}

const isOnMark = ({ entity, key }: Condition) => entity === 'tag' && key === IS_PROMPT
