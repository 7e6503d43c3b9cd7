import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { metricLabel } from '../metrics/metric-name.js'
import { Icon } from '../ui/icon.js'
import { CurvePlot } from './curve-plot.js'
import type { CurveRun } from './curve-run.js'
import type { CurveView } from './curve-view.js'
import { useCurves } from './use-curves.js'
import { useInView } from './use-in-view.js'

const HEIGHT = 226

interface CurveCardProps {
  readonly metric: string
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
}

/** One metric of several runs as a chart or a table. Loads when it comes into view, and anew for the range of a zoom. */
export function CurveCard({ metric, runs, view }: CurveCardProps) {
  const [ref, inView] = useInView<HTMLElement>()
  const [asTable, setAsTable] = useState(false)
  const metrics = useMemo(() => [metric], [metric])
  const curves = useCurves({ metrics, runs, view, enabled: inView })
  const { zoom, changeZoom, isLoading } = curves
  const title = metricLabel(metric)
  return (
    <figure className="panel curve-card" ref={ref} aria-label={title} aria-busy={isLoading}>
      <CardHeader
        {...{ metric, title, isLoading, asTable }}
        onTable={() => setAsTable(!asTable)}
        onResetZoom={zoom && (() => changeZoom(undefined))}
      />
      <CurvePlot title={title} curves={curves} asTable={asTable} height={HEIGHT} />
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
      {onResetZoom && <ResetZoom onClick={onResetZoom} />}
      <button type="button" className="button ghost small" aria-pressed={asTable} onClick={onTable}>
        {asTable ? t('curves.asChart') : t('curves.asTable')}
      </button>
    </header>
  )
}

export function ResetZoom({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation()
  return (
    <button type="button" className="button ghost small" onClick={onClick}>
      <Icon name="close" size={12} />
      {t('curves.resetZoom')}
    </button>
  )
}

export function Busy() {
  const { t } = useTranslation()
  return (
    <span className="spinner" role="status">
      <span className="visually-hidden">{t('common.loading')}</span>
    </span>
  )
}
