import type { Column } from './columns.js'
import { isQuotable, quoted } from './filter-conditions.js'
import { quoteKey } from './filter-examples.js'
import { tokenize } from './filter-tokens.js'

/** Parameters that words are searched in, in the order of their names; each one costs the server a lookup in every run. */
export const MAX_PARAMS = 30

const FIELD = /^(metrics?|param(eter)?s?|tags?|attr(ibute)?s?|datasets?|run)\./i

/** Returns whether a text is words to search for, not a filter in MLflow's language that is wrong or unfinished. */
export const isWords = (text: string) =>
  isQuotable(text) &&
  /[\p{L}\p{N}]/u.test(text) &&
  !FIELD.test(text) &&
  !tokenize(text).some(({ kind }) => kind === 'comparator')

const paramsOf = (available: readonly Column[]) => available.filter(({ kind }) => kind === 'params')

/** Returns whether words are searched in all parameters. */
export const searchesAll = (available: readonly Column[]) => paramsOf(available).length <= MAX_PARAMS

/** The filter for runs whose name or a parameter contains a text, in any case. `_` and `%` are the wildcards of ILIKE. */
export function wordsFilter(text: string, available: readonly Column[]): string {
  const params = paramsOf(available).slice(0, MAX_PARAMS)
  const fields = ['attributes.run_name', ...params.map(({ key }) => `params.${quoteKey(key)}`)]
  return fields.map((field) => `${field} ILIKE ${quoted(`%${text}%`)}`).join(' OR ')
}
