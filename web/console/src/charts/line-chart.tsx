import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { usePaintedTheme } from '../app/theme.js'
import { formatMetric } from '../i18n/format.js'
import { align, type Curve } from './series.js'
import { computedColour, type SeriesStyle } from './series-style.js'
import { tooltip } from './tooltip.js'

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
  readonly log: boolean
}

const HEIGHT = 220
const FAINT = '55'

/** A canvas chart. `CurveTable` is its accessible alternative. */
export function LineChart({ title, lines, xLabel, log }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const theme = usePaintedTheme()
  const shape = JSON.stringify([
    lines.map(({ label, style, raw }) => [label, style, Boolean(raw)]),
    xLabel,
    log,
    theme,
  ])
  const data = align(lines.flatMap(({ curve, raw }) => (raw ? [raw, curve] : [curve])))
  const latest = useRef(data)
  latest.current = data
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is everything that needs a new chart
  useEffect(() => {
    const element = host.current!
    const drawn = new UPlot(options(lines, xLabel, log, element.clientWidth), latest.current, element)
    chart.current = drawn
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      drawn.destroy()
    }
  }, [shape])
  useEffect(() => chart.current?.setData(data))
  return <div ref={host} className="line-chart" role="img" aria-label={title} />
}

function options(lines: readonly Line[], xLabel: string, log: boolean, width: number): UPlot.Options {
  const text = computedColour('var(--text-2)')
  const grid = { stroke: computedColour('var(--line)'), width: 1 }
  const axis = {
    stroke: text,
    grid,
    ticks: { ...grid, size: 4 },
    font: `11px ${computedColour('var(--font)')}`,
  }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: { sync: { key: xLabel }, points: { size: 6 }, drag: { x: true, y: false }, focus: { prox: 24 } },
    focus: { alpha: 0.35 },
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    axes: [
      { ...axis, size: 30, values: (_, ticks) => ticks.map((tick) => formatMetric(tick)) },
      { ...axis, size: 58, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : tickText(tick))) },
    ],
    series: [{ label: xLabel }, ...lines.flatMap(seriesOf)],
    plugins: [tooltip()],
  }
}

const tickText = (tick: number) => (tick === 0 ? '0' : Number(tick.toPrecision(6)).toString())

function seriesOf({ label, style, raw }: Line): UPlot.Series[] {
  const stroke = computedColour(style.colour)
  const line: UPlot.Series = {
    label,
    stroke,
    width: 1.75,
    dash: [...style.dash],
    points: { show: hasFewPoints },
  }
  return raw ? [{ label: '', stroke: stroke + FAINT, width: 1, points: { show: false } }, line] : [line]
}

/** Marks each point of a short curve. */
const hasFewPoints = (chart: UPlot) => chart.data[0].length <= 24
