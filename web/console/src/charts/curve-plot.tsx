import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/states.js'
import { LoadedPart, useLoaded } from '../ui/use-loaded.js'
import type { XRange } from './chart-options.js'
import { CurveTable } from './curve-table.js'
import type { useCurves } from './use-curves.js'

const LINE_CHART = new LoadedPart(async () => (await import('./line-chart.js')).LineChart)

interface CurvePlotProps {
  readonly title: string
  readonly curves: ReturnType<typeof useCurves>
  readonly asTable: boolean
  readonly height: number
  /** The range of x while the chart is not zoomed; default: that of its lines. */
  readonly xRange?: XRange | undefined
}

/** The lines as a chart or as a table, or why there are none. */
export function CurvePlot({ title, curves, asTable, height, xRange }: CurvePlotProps) {
  const { t } = useTranslation()
  const { lines, dropped, style, xLabel, failed, isReady, zoom, changeZoom } = curves
  const LineChart = useLoaded(LINE_CHART) // while the points are on their way
  return (
    <>
      {failed && <Failure error={failed.error} retry={() => void failed.refetch()} />}
      {isReady && asTable && <CurveTable lines={lines} xLabel={xLabel} title={title} maxHeight={height} />}
      {!asTable &&
        !failed &&
        (isReady && LineChart ? (
          <LineChart
            {...{ title, lines, xLabel, style, height }}
            range={zoom ?? xRange}
            onZoom={changeZoom}
          />
        ) : (
          <div className="line-chart" style={{ height }} />
        ))}
      {dropped > 0 && <figcaption>{t('curves.dropped', { count: dropped })}</figcaption>}
    </>
  )
}
