import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { getHistories, type MetricWithRunId } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import { metricLabel } from '../metrics/metric-name.js'
import { Failure } from '../ui/states.js'
import { CurveTable } from './curve-table.js'
import type { CurveView } from './curve-view.js'
import type { Line } from './line-chart.js'
import { positiveOnly, toCurve } from './series.js'
import type { SeriesStyle } from './series-style.js'
import { smooth } from './smoothing.js'
import { useInView } from './use-in-view.js'

const LineChart = lazy(async () => ({ default: (await import('./line-chart.js')).LineChart }))

const MAX_POINTS = 1000
const POLL_MS = 1_000

export interface CurveRun {
  readonly id: string
  readonly label: string
  readonly style: SeriesStyle
  readonly live: boolean
}

interface CurveCardProps {
  readonly metric: string
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
}

/** One metric of several runs as a chart or a table. Loads when it comes into view. */
export function CurveCard({ metric, runs, view }: CurveCardProps) {
  const { t } = useTranslation()
  const [ref, inView] = useInView<HTMLElement>()
  const [asTable, setAsTable] = useState(false)
  const live = runs.some((run) => run.live)
  const history = useQuery({
    queryKey: queryKeys.metricHistory(
      metric,
      runs.map(({ id }) => id),
    ),
    queryFn: ({ signal }) =>
      getHistories(
        metric,
        runs.map(({ id }) => id),
        MAX_POINTS,
        signal,
      ),
    enabled: inView,
    refetchInterval: (query) => pollWhileOffline(query, () => (live ? POLL_MS : false)),
  })
  const { lines, dropped } = useMemo(
    () => toLines(history.data ?? [], runs, view),
    [history.data, runs, view],
  )
  const xLabel = t(view.axis === 'step' ? 'curves.step' : 'curves.seconds')
  const title = metricLabel(metric)
  return (
    <figure className="panel curve-card" ref={ref} aria-label={title}>
      <header>
        <h3 className="truncate" title={metric}>
          {title}
        </h3>
        <button
          type="button"
          className="button ghost small"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? t('curves.asChart') : t('curves.asTable')}
        </button>
      </header>
      {history.isError ? (
        <Failure error={history.error} retry={() => void history.refetch()} />
      ) : asTable ? (
        <CurveTable lines={lines} xLabel={xLabel} title={title} />
      ) : (
        <Suspense fallback={<div className="line-chart" />}>
          {history.data ? (
            <LineChart title={title} lines={lines} xLabel={xLabel} log={view.log} />
          ) : (
            <div className="line-chart" />
          )}
        </Suspense>
      )}
      {dropped > 0 && <figcaption>{t('curves.dropped', { count: dropped })}</figcaption>}
    </figure>
  )
}

function toLines(
  history: readonly MetricWithRunId[],
  runs: readonly CurveRun[],
  { axis, log, smoothing }: CurveView,
) {
  let dropped = 0
  const lines: Line[] = runs.flatMap(({ id, label, style }) => {
    const points = history.filter(({ run_id }) => run_id === id)
    if (points.length === 0) return []
    const whole = toCurve(points, axis)
    const shown = log ? positiveOnly(whole) : { curve: whole, dropped: 0 }
    dropped += shown.dropped
    const raw = shown.curve
    if (smoothing === 0) return [{ id, label, style, curve: raw }]
    return [{ id, label, style, raw, curve: { xs: raw.xs, ys: smooth(raw.xs, raw.ys, smoothing) } }]
  })
  return { lines, dropped }
}
