import type { TFunction } from 'i18next'
import { allPages, type Reading } from '../api/all-pages.js'
import { searchTraces, type TraceInfo } from '../api/traces.js'
import { type ColumnOf, type Table, tableOf, timeCell } from '../ui/table.js'
import {
  assessmentValue,
  traceCost,
  traceDuration,
  traceName,
  traceRun,
  traceSession,
  traceStatus,
  traceTime,
  traceTokens,
  traceUser,
  validAssessments,
} from './trace-values.js'
import { inRange, orderClause, type TracesState } from './traces-state.js'

const PAGE = 500

/** All traces of the filter, with a column for each assessment. @throws RequestError */
export async function tracesTable(
  {
    experimentId,
    wholeFilter,
    range,
    order,
  }: Pick<TracesState, 'experimentId' | 'wholeFilter' | 'range' | 'order'>,
  t: TFunction,
  reading: Reading,
): Promise<Table> {
  const filter = inRange(wholeFilter, range)
  const pages = await allPages(async (pageToken) => {
    const search = { experimentIds: [experimentId], filter, orderBy: orderClause(order) }
    const page = await searchTraces({ ...search, maxResults: PAGE, pageToken }, reading.signal)
    return { ...page, next_page_token: page.next }
  }, reading)
  return tableOfTraces(
    pages.flatMap(({ traces }) => traces),
    t,
  )
}

export function tableOfTraces(traces: readonly TraceInfo[], t: TFunction): Table {
  const names = [
    ...new Set(traces.flatMap((trace) => validAssessments(trace).map((one) => one.assessment_name))),
  ].sort()
  return tableOf(traces, [
    ['trace_id', ({ trace_id }) => trace_id],
    [t('traceColumn.name'), traceName],
    [t('traces.status'), traceStatus],
    [t('traceColumn.time'), (trace) => timeCell(traceTime(trace))],
    [t('traceColumn.duration'), traceDuration],
    [t('traceColumn.request'), ({ request_preview }) => request_preview],
    [t('traceColumn.response'), ({ response_preview }) => response_preview],
    [t('traceColumn.tokens'), (trace) => traceTokens(trace)?.total],
    [t('traceColumn.cost'), traceCost],
    [t('traceColumn.session'), traceSession],
    [t('traceColumn.user'), traceUser],
    [t('traceColumn.run'), traceRun],
    ...names.map((name): ColumnOf<TraceInfo> => [name, (trace) => assessmentCell(trace, name)]),
  ])
}

function assessmentCell(trace: TraceInfo, name: string): string | number | undefined {
  const found = validAssessments(trace).find((one) => one.assessment_name === name)
  const value = found && assessmentValue(found)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || typeof value === 'number') return value
  return JSON.stringify(value)
}
