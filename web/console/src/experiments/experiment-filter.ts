import { quoted } from '../runs/filter-conditions.js'
import { quoteKey } from '../runs/filter-examples.js'
import { nameFilter } from './name-filter.js'

const CLAUSE = String.raw`(?:name|tags?\.(?:[\w.-]+|${'`'}[^${'`'}]+${'`'}))\s*(?:=|!=|i?like)\s*(?:'[^']*'|"[^"]*")`
const FILTER = new RegExp(String.raw`^${CLAUSE}(?:\s+and\s+${CLAUSE})*$`, 'i')

/** The filter of a search: conditions on names and tags in MLflow's language, or else a part of a name. */
export const experimentFilter = (search: string): string =>
  FILTER.test(search.trim()) ? search.trim() : nameFilter(search)

export const tagFilter = (key: string, value: string): string => `tags.${quoteKey(key)} = ${quoted(value)}`
