import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { metricLabel } from '../metrics/metric-name.js'
import { Icon } from '../ui/icon.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { SaveMenu } from '../ui/save-menu.js'
import { CurvePlot } from './curve-plot.js'
import type { CurveRun } from './curve-run.js'
import type { CurveView } from './curve-view.js'
import { lineFiles } from './line-files.js'
import { lineLabels } from './line-labels.js'
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
  const { t } = useTranslation()
  const format = useFormat()
  const files = useRef<DrawingFiles>(undefined)
  const { lines, style, xLabel, isReady } = curves
  useEffect(() => {
    const options = { title, lines, style, xLabel, range: zoom, height: HEIGHT, format }
    files.current = isReady ? lineFiles({ ...options, labels: lineLabels(t) }) : undefined
  }, [title, lines, style, xLabel, zoom, isReady, t, format])
  return (
    <figure className="panel curve-card" ref={ref} aria-label={title} aria-busy={isLoading}>
      <CardHeader
        {...{ metric, title, isLoading, asTable, files }}
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
  readonly files: RefObject<DrawingFiles | undefined>
  readonly onTable: () => void
  /** Undefined unless the chart is zoomed. */
  readonly onResetZoom: (() => void) | undefined
}

function CardHeader({ metric, title, isLoading, asTable, files, onTable, onResetZoom }: CardHeaderProps) {
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
      <SaveMenu {...{ title, files, isLoading }} />
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
