import { comparisonsOf, type Filter, filterSql } from '@cairn/platform/search/filter'
import type { Condition } from '@cairn/platform/search/language'
import { keyedCondition } from '@cairn/platform/search/where'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { IS_PROMPT } from '../namespace/prompts.js'

/**
 * Returns the conditions of a filter on models or versions. Prompts share their tables and are hidden unless the filter
 * compares the prompt tag. A model without the tag is not a prompt: clients select all models by `!= 'true'`, although
 * that comparison requires other tags to exist. Prompt versions without the tag are omitted, because clients reject them.
 *
 * @param model the model's name in the outer query
 */
export function hidePrompts(
  filter: Filter<Condition>,
  model: Expression<unknown>,
  toSql: (condition: Condition) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool>[] {
  const isPrompt = keyedCondition(
    { table: 'registered_model_tags', owner: 'name', outer: model },
    IS_PROMPT,
    '=',
    'true',
  )
  const isModel = sql<SqlBool>`not (${isPrompt})`
  const conditions = filterSql(filter, (condition) => {
    const { comparator, value } = condition
    if (!isPromptCondition(condition) || (comparator !== '=' && comparator !== '!=')) return toSql(condition)
    if ((String(value).toLowerCase() === 'true') !== (comparator === '=')) return isModel
    return sql`(${isPrompt} and ${toSql({ ...condition, comparator: '=', value: 'true' })})`
  })
  return comparisonsOf(filter).some(isPromptCondition) ? conditions : [...conditions, isModel]
}

const isPromptCondition = ({ entity, key }: Condition) => entity === 'tag' && key === IS_PROMPT
