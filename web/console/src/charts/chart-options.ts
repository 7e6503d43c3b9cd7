import UPlot from 'uplot'
import { formatClock, formatMetric, formatTick } from '../i18n/format.js'
import type { Points } from './curve-view.js'
import { highlightLayer } from './highlight-layer.js'
import { infiniteMarks, type infinitePoints } from './infinite-marks.js'
import type { Line } from './line-chart.js'
import { typicalExtent } from './outliers.js'
import type { ChartLine } from './plot-lines.js'
import type { Aligned } from './series.js'
import { computedColour } from './series-style.js'
import { tooltip } from './tooltip.js'
import { extent, valueRanges } from './value-ranges.js'

/** Least and greatest x. */
export type XRange = readonly [min: number, max: number]

/** How a chart of lines is drawn. */
export interface PlotStyle {
  readonly log?: boolean
  readonly logX?: boolean
  /** True if x is a time in seconds since 1970. */
  readonly wall?: boolean
  /** True if x is a time in seconds since 1970, of the last minutes, and y starts at zero. */
  readonly clock?: boolean
  readonly points?: Points
  readonly ignoreOutliers?: boolean
  /** The ends of y; undefined for those of the data. */
  readonly yMin?: number | undefined
  readonly yMax?: number | undefined
}

interface ChartOptions {
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly style: PlotStyle
  readonly language: string
  readonly width: number
  readonly height: number
  /** The drawn data, which change while the chart stays. */
  readonly data: () => Aligned
  readonly infinite: () => ReturnType<typeof infinitePoints>
  /** The zoomed range, which changes while the chart stays; undefined for all. */
  readonly range: () => XRange | undefined
  /** Called with the range that was dragged over, or undefined after a double click. */
  readonly onZoom: ((range: XRange | undefined) => void) | undefined
  readonly more: (count: number) => string
}

const FAINT = '55'
/** A chart that has just begun shows this much time. */
const MIN_SECONDS = 60
/** With more lines, one line is highlighted on a layer instead of drawing all others faintly. */
export const MAX_FOCUSED = 30
const MIN_DRAG_PX = 4

export function chartOptions(options: ChartOptions): UPlot.Options {
  const { lines, xLabel, style, width, height, data, infinite, more } = options
  const { clock = false } = style
  const formatTickX = formatOf(style, options.language, formatTick)
  const formatX = formatOf(style, options.language, formatMetric)
  const grid = { stroke: computedColour('var(--line)'), width: 1 }
  const axis = {
    stroke: computedColour('var(--text-2)'),
    grid,
    ticks: { ...grid, size: 4 },
    font: `11px ${computedColour('var(--font)')}`,
  }
  const drawn = chartLines(lines)
  const isFaint = lines.some(({ raw }) => raw)
  const many = lines.length > MAX_FOCUSED
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, 26, 0, 0],
    cursor: {
      sync: { key: `${xLabel}${style.logX ? ' log' : ''}` },
      points: many ? { show: false } : { size: 6, fill: (_, index) => colourOf(drawn, index) },
      drag: { x: true, y: false, setScale: !options.onZoom },
      focus: { prox: many ? -1 : 24 },
      ...(options.onZoom && { bind: { dblclick: () => resetOn(options.onZoom!) } }),
    },
    focus: { alpha: many ? 1 : 0.35 },
    scales: clock ? CLOCK_SCALES : scalesOf(options),
    axes: [
      {
        ...axis,
        size: 30,
        space: clock ? 72 : style.wall ? 110 : 50,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatTickX(tick))),
      },
      {
        ...axis,
        size: clock ? 44 : 58,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatTick(tick, options.language))),
      },
    ],
    series: [{ label: xLabel }, ...lines.flatMap((line) => seriesOf(line, many, style.points))],
    hooks: { setSelect: [(chart) => zoomTo(chart, options.onZoom)] },
    plugins: [
      valueRanges(drawn, data, isFaint),
      infiniteMarks(infinite),
      tooltip({ lines: drawn.filter(({ isRaw }) => !isRaw), formatX, ranges: data, more }),
      highlightLayer(drawn.filter(({ isRaw }) => !isRaw)),
    ],
  }
}

const colourOf = (lines: readonly ChartLine[], series: number) =>
  lines.find((line) => line.series === series)?.colour ?? 'transparent'

const resetOn = (onZoom: NonNullable<ChartOptions['onZoom']>) => () => {
  onZoom(undefined)
  return null
}

function zoomTo(chart: UPlot, onZoom: ChartOptions['onZoom']) {
  const { left, width } = chart.select
  if (!onZoom || width < MIN_DRAG_PX) return
  onZoom([chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')])
  chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
}

function formatOf(
  { clock, wall }: PlotStyle,
  language: string,
  formatNumber: typeof formatTick,
): (x: number) => string {
  if (clock) return (seconds) => formatClock(seconds * 1000)
  if (!wall) return (x) => formatNumber(x, language)
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' })
  return (seconds) => format.format(seconds * 1000)
}

/** The range of y covers the least and greatest values, not only the last ones of each bucket. */
function scalesOf({ style, data, range }: ChartOptions): UPlot.Scales {
  const { log = false, logX = false, wall = false, ignoreOutliers, yMin, yMax } = style
  return {
    x: {
      time: wall,
      distr: logX ? 3 : 1,
      range: (_, min, max) =>
        [...(range() ?? (min === max ? [min - 1, max + 1] : [min, max]))] as UPlot.Range.MinMax,
    },
    y: {
      distr: log ? 3 : 1,
      range: (chart, min, max) => {
        const [from, to] = chart.series[0]!.idxs ?? [0, -1]
        const typical = ignoreOutliers ? typicalExtent(data(), from, to) : undefined
        const values = typical ?? extent(data(), from, to) ?? { min: min ?? 1, max: max ?? 10 }
        const [low, high] = log
          ? UPlot.rangeLog(values.min, values.max, 10, true)
          : UPlot.rangeNum(values.min, values.max, 0.1, true)
        return chosenRange([low!, high!], log, yMin, yMax)
      },
    },
  }
}

/** Ignores limits that leave an empty range or that a log axis cannot show. */
function chosenRange(
  [low, high]: readonly [number, number],
  log: boolean,
  yMin: number | undefined,
  yMax: number | undefined,
): UPlot.Range.MinMax {
  const min = yMin !== undefined && (!log || yMin > 0) ? yMin : low
  const max = yMax !== undefined && (!log || yMax > 0) ? yMax : high
  return min < max ? [min, max] : [low, high]
}

const CLOCK_SCALES: UPlot.Scales = {
  x: { time: true, range: (_, min, max) => [Math.min(min, max - MIN_SECONDS), max] },
  y: { range: (_, _min, max) => [0, max > 0 ? max * 1.15 : 1] },
}

/** The lines in the order of uPlot's series: the values before smoothing come before the curve. */
function chartLines(lines: readonly Line[]): (ChartLine & { readonly isRaw: boolean })[] {
  let series = 0
  return lines.flatMap(({ id, run = id, label, style, raw, isGroup = false }) => {
    const line = { id: run, label, isGroup, colour: computedColour(style.colour) }
    const parts = raw ? [true, false] : [false]
    return parts.map((isRaw) => ({ ...line, isRaw, series: ++series }))
  })
}

function seriesOf({ label, style, raw }: Line, many: boolean, points: Points = 'auto'): UPlot.Series[] {
  const shown = points === 'auto' ? (many ? false : hasFewPoints) : points === 'all'
  const stroke = computedColour(style.colour)
  const line: UPlot.Series = {
    label,
    stroke,
    width: many ? 1 : 1.75,
    dash: [...style.dash],
    points: { show: shown, size: 5, fill: computedColour('var(--surface)') },
  }
  return raw ? [{ label: '', stroke: stroke + FAINT, width: 1, points: { show: false } }, line] : [line]
}

/** Marks each point of a short curve. */
const hasFewPoints = (chart: UPlot) => chart.data[0].length <= 24
