import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { metricLabel } from '../metrics/metric-name.js'
import type { PlotStyle, XRange } from './chart-options.js'
import { curveLines } from './curve-lines.js'
import type { CurveRun } from './curve-run.js'
import type { CurveView } from './curve-view.js'
import { noteLoadingLines } from './loading-lines.js'
import { useBuckets } from './use-buckets.js'
import { clampRange } from './zoom.js'

interface CurvesOptions {
  readonly metrics: readonly string[]
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
  readonly enabled: boolean
  /** A zoom that other charts share; default: one of this chart. */
  readonly shared?: SharedZoom
}

interface SharedZoom {
  readonly zoom: XRange | undefined
  readonly changeZoom: (wanted: XRange | undefined) => void
}

/** A visible range of x, which ends when the axis changes. */
export function useZoom({ axis, xMetric }: CurveView) {
  const axisId = `${axis} ${axis === 'metric' ? xMetric : ''}`
  const [zoomed, setZoomed] = useState<{ readonly range: XRange; readonly axisId: string }>()
  const setZoom = useCallback((range: XRange | undefined) => setZoomed(range && { range, axisId }), [axisId])
  return [zoomed?.axisId === axisId ? zoomed.range : undefined, setZoom] as const
}

/** The lines of a chart, which loads anew for the range of a zoom. */
export function useCurves({ metrics, runs, view, enabled, shared }: CurvesOptions) {
  const { t } = useTranslation()
  const { axis, xMetric } = view
  const [ownZoom, setOwnZoom] = useZoom(view)
  const zoom = shared ? shared.zoom : ownZoom
  const { overview, placed, isLoading, failed } = useBuckets({ metrics, runs, axis, xMetric, zoom, enabled })
  useEffect(() => (isLoading ? noteLoadingLines() : undefined), [isLoading])
  const { lines, dropped } = useMemo(
    () => (placed ? curveLines(metrics, placed, runs, view) : { lines: [], dropped: 0 }),
    [metrics, placed, runs, view],
  )
  const style = useMemo((): PlotStyle => plotStyle(view), [view])
  /** The points of all lines, also of those outside of the zoom. */
  const all = overview.placed
  const changeOwnZoom = (wanted: XRange | undefined) =>
    setOwnZoom(wanted && all && clampRange(wanted, all.flat()))
  const xLabel =
    axis === 'metric'
      ? metricLabel(xMetric)
      : t(`curves.${({ step: 'step', time: 'seconds', wall: 'wall' } as const)[axis]}`)
  return {
    ...{ lines, dropped, style, xLabel, isLoading, failed, isReady: placed !== undefined, all, zoom },
    changeZoom: shared?.changeZoom ?? changeOwnZoom,
  }
}

const plotStyle = ({ axis, log, logX, points, ignoreOutliers, yMin, yMax }: CurveView): PlotStyle => ({
  ...{ log, logX, wall: axis === 'wall', points, ignoreOutliers },
  ...(yMin !== undefined && { yMin }),
  ...(yMax !== undefined && { yMax }),
})
