import type UPlot from 'uplot'
import { formatClock, formatMetric } from '../i18n/format.js'
import type { Line } from './line-chart.js'
import { computedColour } from './series-style.js'
import { tooltip } from './tooltip.js'

interface ChartOptions {
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly log: boolean
  readonly clock: boolean
  readonly width: number
  readonly height: number
}

const FAINT = '55'
/** A chart that has just begun shows this much time. */
const MIN_SECONDS = 60

export function chartOptions({ lines, xLabel, log, clock, width, height }: ChartOptions): UPlot.Options {
  const formatX = clock ? (seconds: number) => formatClock(seconds * 1000) : formatMetric
  const grid = { stroke: computedColour('var(--line)'), width: 1 }
  const axis = {
    stroke: computedColour('var(--text-2)'),
    grid,
    ticks: { ...grid, size: 4 },
    font: `11px ${computedColour('var(--font)')}`,
  }
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, clock ? 26 : 12, 0, 0],
    cursor: { sync: { key: xLabel }, points: { size: 6 }, drag: { x: true, y: false }, focus: { prox: 24 } },
    focus: { alpha: 0.35 },
    scales: clock ? CLOCK_SCALES : { x: { time: false }, y: { distr: log ? 3 : 1 } },
    axes: [
      { ...axis, size: 30, space: clock ? 72 : 50, values: (_, ticks) => ticks.map((tick) => formatX(tick)) },
      {
        ...axis,
        size: clock ? 44 : 58,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : tickText(tick))),
      },
    ],
    series: [{ label: xLabel }, ...lines.flatMap(seriesOf)],
    plugins: [tooltip(formatX)],
  }
}

const CLOCK_SCALES: UPlot.Scales = {
  x: { time: true, range: (_, min, max) => [Math.min(min, max - MIN_SECONDS), max] },
  y: { range: (_, _min, max) => [0, max > 0 ? max * 1.15 : 1] },
}

const tickText = (tick: number) => (tick === 0 ? '0' : Number(tick.toPrecision(6)).toString())

function seriesOf({ label, style, raw }: Line): UPlot.Series[] {
  const stroke = computedColour(style.colour)
  const line: UPlot.Series = {
    label,
    stroke,
    width: 1.75,
    dash: [...style.dash],
    points: { show: hasFewPoints, fill: computedColour('var(--surface)') },
  }
  return raw ? [{ label: '', stroke: stroke + FAINT, width: 1, points: { show: false } }, line] : [line]
}

/** Marks each point of a short curve. */
const hasFewPoints = (chart: UPlot) => chart.data[0].length <= 24
