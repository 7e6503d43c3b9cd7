import { useEffect, useRef } from 'react'
import { usePaintedTheme } from '../app/theme.js'
import { highlightedRun, highlightRun, onHighlight } from '../charts/highlighted.js'
import { brushedIndexes } from './chart-model.js'
import { drawChart, type EChartsCoreOption, type EChartsType } from './echarts.js'
import { replaceOption } from './kept-brushes.js'

interface EChartProps {
  readonly option: EChartsCoreOption
  /** Ids of runs by series and index of its data. */
  readonly runs: readonly (readonly (string | undefined)[])[]
  readonly title: string
  readonly height: number
  /** Receives the runs within the brushed parts of all axes; an empty list without a brush. */
  readonly onBrush?: ((runIds: readonly string[]) => void) | undefined
}

interface Pointed {
  readonly seriesIndex?: number
  readonly dataIndex?: number
}

/** A canvas chart that shares the highlighted run with the tables and charts around it. */
export function EChart({ option, runs, title, height, onBrush }: EChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  const theme = usePaintedTheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes fonts and tooltips
  useEffect(() => {
    const drawn = drawChart(host.current!)
    chart.current = drawn
    const resized = new ResizeObserver(() => drawn.resize())
    resized.observe(host.current!)
    return () => {
      resized.disconnect()
      drawn.dispose()
    }
  }, [theme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again on a new chart
  useEffect(() => replaceOption(chart.current!, option), [option, theme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: listens to the new chart
  useEffect(() => linkToRuns(chart.current!, runs), [runs, theme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: listens to the new chart
  useEffect(
    () => (onBrush ? listenToBrush(chart.current!, runs, onBrush) : undefined),
    [runs, onBrush, theme],
  )
  return <div ref={host} className="card-chart" style={{ height }} role="img" aria-label={title} />
}

function linkToRuns(chart: EChartsType, runs: EChartProps['runs']): () => void {
  const point = ({ seriesIndex = -1, dataIndex = -1 }: Pointed) =>
    highlightRun(runs[seriesIndex]?.[dataIndex])
  const leave = () => highlightRun(undefined)
  chart.on('mouseover', point as (event: unknown) => void)
  chart.on('mouseout', leave)
  let shown: string | undefined
  const stop = onHighlight(() => {
    for (const [seriesIndex, ids] of runs.entries()) {
      const indexesOf = (id: string | undefined) =>
        id === undefined ? [] : ids.flatMap((one, i) => (one === id ? [i] : []))
      const [before, now] = [indexesOf(shown), indexesOf(highlightedRun())]
      if (before.length > 0) chart.dispatchAction({ type: 'downplay', seriesIndex, dataIndex: before })
      if (now.length > 0) chart.dispatchAction({ type: 'highlight', seriesIndex, dataIndex: now })
    }
    shown = highlightedRun()
  })
  return () => {
    stop()
    if (chart.isDisposed()) return
    chart.off('mouseover', point as (event: unknown) => void)
    chart.off('mouseout', leave)
  }
}

const BRUSH_MS = 150

function listenToBrush(
  chart: EChartsType,
  runs: EChartProps['runs'],
  onBrush: (runIds: readonly string[]) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const read = () => onBrush(brushedIndexes(chart).flatMap((index) => runs[0]?.[index] ?? []))
  const brushed = () => {
    clearTimeout(timer)
    timer = setTimeout(read, BRUSH_MS) // the pointer still moves
  }
  chart.on('axisareaselected', brushed)
  return () => {
    clearTimeout(timer)
    if (!chart.isDisposed()) chart.off('axisareaselected', brushed)
  }
}
