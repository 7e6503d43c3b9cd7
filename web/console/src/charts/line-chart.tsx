import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { usePaintedTheme } from '../app/theme.js'
import { chartOptions } from './chart-options.js'
import { align, type Curve } from './series.js'
import type { SeriesStyle } from './series-style.js'

export interface Line {
  /** Id of the run: labels are not unique. */
  readonly id: string
  readonly label: string
  readonly style: SeriesStyle
  readonly curve: Curve
  /** The values before smoothing, drawn faintly behind the curve. */
  readonly raw?: Curve
}

interface LineChartProps {
  readonly title: string
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly log?: boolean
  /** Whether x is a time in seconds since 1970 and y starts at zero. */
  readonly clock?: boolean
  readonly height?: number
}

const HEIGHT = 220

/** A canvas chart. `CurveTable` is its accessible alternative. */
export function LineChart(props: LineChartProps) {
  const { title, lines, xLabel, log = false, clock = false, height = HEIGHT } = props
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const theme = usePaintedTheme()
  const shape = JSON.stringify([
    lines.map(({ label, style, raw }) => [label, style, Boolean(raw)]),
    xLabel,
    log,
    clock,
    height,
    theme,
  ])
  const data = align(lines.flatMap(({ curve, raw }) => (raw ? [raw, curve] : [curve])))
  const latest = useRef(data)
  latest.current = data
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is everything that needs a new chart
  useEffect(() => {
    const element = host.current!
    const drawn = new UPlot(
      chartOptions({ lines, xLabel, log, clock, width: element.clientWidth, height }),
      latest.current,
      element,
    )
    chart.current = drawn
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      drawn.destroy()
    }
  }, [shape])
  useEffect(() => chart.current?.setData(data))
  return <div ref={host} className="line-chart" role="img" aria-label={title} />
}
