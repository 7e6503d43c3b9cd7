import { nullsLast, type Term } from '@cairn/platform/search/keyset'
import type { Order } from '@cairn/platform/search/language'
import { sql } from 'kysely'
import { TRACE_METADATA, TRACE_TAG } from '../../entries/trace-entries.js'
import { readDistinctOrders } from '../../search/distinct-orders.js'
import { END_TIME, TRACE_ID } from './conditions.js'
import { TRACE_LANGUAGE } from './language.js'

/** Orders by the clauses, missing values last, then by start, the latest first. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function traceTerms(clauses: readonly string[]): Term[] {
  const orders = readDistinctOrders(TRACE_LANGUAGE, clauses)
  const has = (attribute: string) =>
    orders.some(({ entity, key }) => entity === 'attribute' && key === attribute)
  return [
    ...orders.flatMap(termsOf),
    ...(has('timestamp_ms') ? [] : [{ expression: sql.ref('traces.timestamp_ms'), descending: true }]),
    ...(has('trace_id') ? [] : [{ expression: TRACE_ID, descending: false }]),
  ]
}

function termsOf({ entity, key, descending }: Order): readonly Term[] {
  if (entity === 'tag') return entry('trace_tags', key, descending)
  if (entity === 'request_metadata') return entry('trace_metadata', key, descending)
  switch (key) {
    case 'name':
      return entry('trace_tags', TRACE_TAG.NAME, descending)
    case 'run_id':
      return entry('trace_metadata', TRACE_METADATA.RUN, descending)
    case 'end_time_ms':
      return [{ expression: END_TIME, descending }]
    case 'execution_time_ms':
      return nullsLast(sql.ref('traces.execution_time_ms'), descending, 0)
    default:
      return [{ expression: sql.ref(`traces.${key}`), descending }]
  }
}

const entry = (table: string, key: string, descending: boolean) =>
  nullsLast(
    sql`(select value from ${sql.table(table)} as entry where entry.trace_id = traces.trace_id and key = ${key})`,
    descending,
    '',
  )
