import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { usePaintedTheme } from '../app/theme.js'
import { formatMetric } from '../i18n/format.js'
import { type Pen, paint } from './palette.js'
import { align, type Curve } from './series.js'
import { tooltip } from './tooltip.js'

export interface Line {
  readonly label: string
  readonly pen: Pen
  readonly curve: Curve
  /** The same before smoothing, drawn faintly behind. */
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

/** Lines on a canvas. It is a picture: the table beside it says the same to those who do not see it. */
export function LineChart({ title, lines, xLabel, log }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const theme = usePaintedTheme()
  const shape = JSON.stringify([
    lines.map(({ label, pen, raw }) => [label, pen, Boolean(raw)]),
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
  const text = paint('var(--text-2)')
  const grid = { stroke: paint('var(--line)'), width: 1 }
  const axis = { stroke: text, grid, ticks: { ...grid, size: 4 }, font: `11px ${paint('var(--font)')}` }
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

function seriesOf({ label, pen, raw }: Line): UPlot.Series[] {
  const stroke = paint(pen.colour)
  const line: UPlot.Series = { label, stroke, width: 1.75, dash: [...pen.dash], points: { show: alone } }
  return raw ? [{ label: '', stroke: stroke + FAINT, width: 1, points: { show: false } }, line] : [line]
}

/** A curve of few points shows each. */
const alone = (chart: UPlot) => chart.data[0].length <= 24
