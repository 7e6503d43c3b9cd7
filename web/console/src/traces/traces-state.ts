import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { textToList } from '../app/url-state.js'
import type { TraceStatus } from './trace-values.js'

const route = getRouteApi('/experiments/$experimentId/traces')

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Times back from now, by their name in the URL. */
export const RANGES = { '15m': 15 * MINUTE, '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY } as const
export type RangeName = keyof typeof RANGES

/** The range of the shown traces: a name of `RANGES`, `FROM..TO` in epoch milliseconds, or the empty string for all. */
export type TimeRange = string

export const FILTERED_STATUSES = ['OK', 'ERROR', 'IN_PROGRESS'] as const satisfies readonly TraceStatus[]

export const DEFAULT_COLUMNS = [
  'time',
  'request',
  'response',
  'duration',
  'tokens',
  'cost',
  'session',
  'assessments',
]
export const SORT_FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  time: 'timestamp_ms',
  duration: 'execution_time_ms',
}

/** The state of the traces page, which its URL holds. */
export function useTracesState() {
  const { experimentId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/experiments/$experimentId/traces',
      params: { experimentId },
      search: (now: typeof search) => ({ ...now, ...next }),
      resetScroll: false,
    })
  const { filter = '', status = '', range = '', order, columns, charts } = search
  return {
    ...{ experimentId, filter, status, order },
    range: range as TimeRange,
    /** The filter with the status, but without the range. */
    wholeFilter: joinFilters([filter, status && `attributes.status = '${status}'`]),
    columns: columns === undefined ? DEFAULT_COLUMNS : textToList(columns),
    charts: charts === 'shown',
    change,
  }
}

export type TracesState = ReturnType<typeof useTracesState>

export const joinFilters = (filters: readonly string[]): string => {
  const given = filters.filter((filter) => filter.trim() !== '')
  return given.length > 1
    ? given.map((filter) => (/\bor\b/i.test(filter) ? `(${filter})` : filter)).join(' AND ')
    : (given[0] ?? '')
}

export interface Bounds {
  readonly from?: number
  readonly to?: number
}

/** The bounds of a range in epoch milliseconds; empty for text that is not a range. */
export function boundsOf(range: TimeRange, now: number): Bounds {
  if (Object.hasOwn(RANGES, range)) return { from: now - RANGES[range as RangeName] }
  const [from, to] = range.split('..').map((time) => (time === '' ? Number.NaN : Number(time)))
  return { ...(Number.isFinite(from) && { from: from! }), ...(Number.isFinite(to) && { to: to! }) }
}

/** Adds a range to a filter. */
export function inRange(filter: string, range: TimeRange, now = Date.now()): string {
  const { from, to } = boundsOf(range, now)
  return joinFilters([
    filter,
    from === undefined ? '' : `attributes.timestamp_ms >= ${from}`,
    to === undefined ? '' : `attributes.timestamp_ms <= ${to}`,
  ])
}

/** The clause of MLflow's language for the order in the URL, such as `-duration`. */
export function orderClause(order: string | undefined): string | undefined {
  const field = SORT_FIELDS[order?.replace('-', '') ?? '']
  return field && `attributes.${field} ${order!.startsWith('-') ? 'DESC' : 'ASC'}`
}
