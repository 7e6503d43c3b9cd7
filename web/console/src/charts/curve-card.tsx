import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BucketedRun } from '../api/runs.js'
import { metricLabel } from '../metrics/metric-name.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import type { XRange } from './chart-options.js'
import { CurveTable } from './curve-table.js'
import type { CurveView } from './curve-view.js'
import type { Line } from './line-chart.js'
import { type Axis, positiveOnly, toCurve } from './series.js'
import type { SeriesStyle } from './series-style.js'
import { smooth } from './smoothing.js'
import { useBuckets } from './use-buckets.js'
import { useInView } from './use-in-view.js'
import { clampRange } from './zoom.js'

const LineChart = lazy(async () => ({ default: (await import('./line-chart.js')).LineChart }))

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

/** One metric of several runs as a chart or a table. Loads when it comes into view, and anew for the range of a zoom. */
export function CurveCard({ metric, runs, view }: CurveCardProps) {
  const { t } = useTranslation()
  const [ref, inView] = useInView<HTMLElement>()
  const [asTable, setAsTable] = useState(false)
  const [zoomed, setZoom] = useState<{ readonly range: XRange; readonly axis: Axis }>()
  const zoom = zoomed?.axis === view.axis ? zoomed.range : undefined
  const { overview, detail, shown } = useBuckets({ metric, runs, axis: view.axis, zoom, enabled: inView })
  const { lines, dropped } = useMemo(() => toLines(shown?.runs ?? [], runs, view), [shown, runs, view])
  const xLabel = t(view.axis === 'step' ? 'curves.step' : 'curves.seconds')
  const title = metricLabel(metric)
  const failed = overview.isError ? overview : detail.isError ? detail : undefined
  const isLoading = (overview.isPending && inView) || (zoom !== undefined && detail.isFetching)
  const changeZoom = (wanted: XRange | undefined) => {
    const range = wanted && overview.data && clampRange(wanted, overview.data, view.axis)
    setZoom(range && { range, axis: view.axis })
  }
  return (
    <figure className="panel curve-card" ref={ref} aria-label={title} aria-busy={isLoading}>
      <CardHeader
        {...{ metric, title, isLoading, asTable }}
        onTable={() => setAsTable(!asTable)}
        onResetZoom={zoom && (() => setZoom(undefined))}
      />
      {failed && <Failure error={failed.error} retry={() => void failed.refetch()} />}
      {shown && asTable && <CurveTable lines={lines} xLabel={xLabel} title={title} />}
      {!asTable && !overview.isError && (
        <Suspense fallback={<div className="line-chart" />}>
          {shown ? (
            <LineChart {...{ title, lines, xLabel }} log={view.log} range={zoom} onZoom={changeZoom} />
          ) : (
            <div className="line-chart" />
          )}
        </Suspense>
      )}
      {dropped > 0 && <figcaption>{t('curves.dropped', { count: dropped })}</figcaption>}
    </figure>
  )
}

interface CardHeaderProps {
  readonly metric: string
  readonly title: string
  readonly isLoading: boolean
  readonly asTable: boolean
  readonly onTable: () => void
  /** Undefined unless the chart is zoomed. */
  readonly onResetZoom: (() => void) | undefined
}

function CardHeader({ metric, title, isLoading, asTable, onTable, onResetZoom }: CardHeaderProps) {
  const { t } = useTranslation()
  return (
    <header>
      <h3 className="truncate" title={metric}>
        {title}
      </h3>
      {isLoading && <Busy />}
      {onResetZoom && (
        <button type="button" className="button ghost small" onClick={onResetZoom}>
          <Icon name="close" size={12} />
          {t('curves.resetZoom')}
        </button>
      )}
      <button type="button" className="button ghost small" aria-pressed={asTable} onClick={onTable}>
        {asTable ? t('curves.asChart') : t('curves.asTable')}
      </button>
    </header>
  )
}

function Busy() {
  const { t } = useTranslation()
  return (
    <span className="spinner" role="status">
      <span className="visually-hidden">{t('common.loading')}</span>
    </span>
  )
}

function toLines(
  bucketed: readonly BucketedRun[],
  runs: readonly CurveRun[],
  { axis, log, smoothing }: CurveView,
) {
  let dropped = 0
  const byRun = new Map(bucketed.map((run) => [run.run_id, run]))
  const lines: Line[] = runs.flatMap(({ id, label, style }) => {
    const own = byRun.get(id)
    if (!own || own.buckets.length === 0) return []
    const whole = toCurve(own, axis)
    const shown = log ? positiveOnly(whole) : { curve: whole, dropped: 0 }
    dropped += shown.dropped
    const raw = shown.curve
    if (smoothing === 0) return [{ id, label, style, curve: raw }]
    const curve = { xs: raw.xs, ys: smooth(raw.xs, raw.ys, smoothing) }
    return [{ id, label, style, raw, curve }]
  })
  return { lines, dropped }
}
