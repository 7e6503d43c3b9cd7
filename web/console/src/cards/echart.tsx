import { useEffect, useRef } from 'react'
import { usePaintedTheme } from '../app/theme.js'
import { highlightedRun, highlightRun, onHighlight } from '../charts/highlighted.js'
import { areEqual, type Brush, NO_INTERVALS } from './brush.js'
import { brushedIndexes } from './chart-model.js'
import { drawChart, type EChartsCoreOption, type EChartsType } from './echarts.js'
import { brushedIntervals, replaceOption, setBrushes } from './kept-brushes.js'

interface EChartProps {
  readonly option: EChartsCoreOption
  /** Ids of runs by series and index of its data. */
  readonly runs: readonly (readonly (string | undefined)[])[]
  readonly title: string
  readonly height: number
  readonly brush?: Brush | undefined
  /** Receives the brushed axes, and undefined without any. */
  readonly onBrush?: ((brush: Brush | undefined) => void) | undefined
}

interface Pointed {
  readonly seriesIndex?: number
  readonly dataIndex?: number
}

/** A canvas chart that shares the highlighted run with the tables and charts around it. */
export function EChart({ option, runs, title, height, brush, onBrush }: EChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  /** The brush that the panel knows, or wants. */
  const known = useRef(NO_INTERVALS)
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart starts with the brush, others keep theirs
  useEffect(() => replaceOption(chart.current!, option, brush?.intervals), [option, theme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: listens to the new chart
  useEffect(() => linkToRuns(chart.current!, runs), [runs, theme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: listens to the new chart
  useEffect(() => {
    if (!onBrush) return
    return listenToBrush(chart.current!, runs, (read) => {
      known.current = read?.intervals ?? NO_INTERVALS
      onBrush(read)
    })
  }, [runs, onBrush, theme])
  useEffect(() => {
    const wanted = brush?.intervals ?? NO_INTERVALS
    if (!onBrush || wanted === known.current) return // the pointer may have moved on since this chart told it
    known.current = wanted
    if (!areEqual(wanted, brushedIntervals(chart.current!))) setBrushes(chart.current!, wanted)
  }, [brush, onBrush])
  return <div ref={host} className="card-chart" style={{ height }} role="img" aria-label={title} />
}

/** The pointer rests: each highlight paints a whole chart. */
const HIGHLIGHT_MS = 40

function linkToRuns(chart: EChartsType, runs: EChartProps['runs']): () => void {
  const point = ({ seriesIndex = -1, dataIndex = -1 }: Pointed) =>
    highlightRun(runs[seriesIndex]?.[dataIndex])
  const leave = () => highlightRun(undefined)
  chart.on('mouseover', point as (event: unknown) => void)
  chart.on('mouseout', leave)
  let shown: string | undefined
  const show = () => {
    const wanted = highlightedRun()
    if (wanted === shown) return
    for (const [seriesIndex, ids] of runs.entries()) {
      const indexesOf = (id: string | undefined) =>
        id === undefined ? [] : ids.flatMap((one, i) => (one === id ? [i] : []))
      const [before, now] = [indexesOf(shown), indexesOf(wanted)]
      if (before.length > 0) chart.dispatchAction({ type: 'downplay', seriesIndex, dataIndex: before })
      if (now.length > 0) chart.dispatchAction({ type: 'highlight', seriesIndex, dataIndex: now })
    }
    shown = wanted
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = onHighlight(() => {
    clearTimeout(timer)
    timer = setTimeout(show, HIGHLIGHT_MS)
  })
  return () => {
    stop()
    clearTimeout(timer)
    if (chart.isDisposed()) return
    chart.off('mouseover', point as (event: unknown) => void)
    chart.off('mouseout', leave)
  }
}

const BRUSH_MS = 150

function listenToBrush(
  chart: EChartsType,
  runs: EChartProps['runs'],
  onBrush: (brush: Brush | undefined) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const read = () => onBrush(brushOf(chart, runs))
  const brushed = () => {
    clearTimeout(timer)
    timer = setTimeout(read, BRUSH_MS) // the pointer still moves
  }
  chart.on('axisareaselected', brushed)
  brushed() // other runs may be within the brushes now
  return () => {
    clearTimeout(timer)
    if (!chart.isDisposed()) chart.off('axisareaselected', brushed)
  }
}

function brushOf(chart: EChartsType, runs: EChartProps['runs']): Brush | undefined {
  const intervals = brushedIntervals(chart)
  if (intervals.size === 0) return undefined
  return { intervals, runIds: brushedIndexes(chart).flatMap((index) => runs[0]?.[index] ?? []) }
}
