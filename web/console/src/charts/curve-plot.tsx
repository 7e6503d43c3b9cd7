import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/states.js'
import { CurveTable } from './curve-table.js'
import type { useCurves } from './use-curves.js'

const LineChart = lazy(async () => ({ default: (await import('./line-chart.js')).LineChart }))

interface CurvePlotProps {
  readonly title: string
  readonly curves: ReturnType<typeof useCurves>
  readonly asTable: boolean
  readonly height: number
}

/** The lines as a chart or as a table, or why there are none. */
export function CurvePlot({ title, curves, asTable, height }: CurvePlotProps) {
  const { t } = useTranslation()
  const { lines, dropped, style, xLabel, failed, isReady, zoom, changeZoom } = curves
  const empty = <div className="line-chart" style={{ height }} />
  return (
    <>
      {failed && <Failure error={failed.error} retry={() => void failed.refetch()} />}
      {isReady && asTable && <CurveTable lines={lines} xLabel={xLabel} title={title} maxHeight={height} />}
      {!asTable && !failed && (
        <Suspense fallback={empty}>
          {isReady ? (
            <LineChart {...{ title, lines, xLabel, style, height }} range={zoom} onZoom={changeZoom} />
          ) : (
            empty
          )}
        </Suspense>
      )}
      {dropped > 0 && <figcaption>{t('curves.dropped', { count: dropped })}</figcaption>}
    </>
  )
}
