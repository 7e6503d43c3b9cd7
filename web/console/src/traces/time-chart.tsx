import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { usePaintedTheme } from '../app/theme.js'
import { lineFiles } from '../charts/line-files.js'
import { lineLabels } from '../charts/line-labels.js'
import { align, type Curve } from '../charts/series.js'
import { computedColour } from '../charts/series-style.js'
import { useFormat } from '../i18n/format.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { SaveMenu } from '../ui/save-menu.js'

export interface TimeLine {
  readonly label: string
  /** A CSS colour. */
  readonly colour: string
  /** By time in seconds. */
  readonly curve: Curve
  /** The value of the whole range, shown beside the label. */
  readonly summary: string
}

interface TimeChartProps {
  readonly title: string
  readonly lines: readonly TimeLine[]
  /** Bounds of the time axis in seconds. */
  readonly from: number
  readonly to: number
}

const HEIGHT = 130
const STYLE = { wall: true, yMin: 0 }
const DAY = 86_400

/** A small chart over time. Its legend shows the value of the whole range, also to screen readers. */
export function TimeChart({ title, lines, from, to }: TimeChartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { language } = format
  const files = useRef<DrawingFiles>(undefined)
  useEffect(() => {
    files.current = lineFiles({
      ...{ title, style: STYLE, range: [from, Math.max(to, from + 1)], height: HEIGHT, format },
      lines: lines.map(({ label, colour, curve }) => ({
        ...{ id: label, label, style: { colour, dash: [] }, curve },
      })),
      xLabel: t('traceColumn.time'),
      labels: lineLabels(t, t('traffic.line')),
    })
  }, [title, lines, from, to, t, format])
  const host = useRef<HTMLDivElement>(null)
  const theme = usePaintedTheme()
  const shape = JSON.stringify([lines.map(({ label, curve }) => [label, curve]), from, to, language, theme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is everything that needs a new chart
  useEffect(() => {
    const element = host.current!
    const { xs, lines: ys } = align(lines.map(({ curve }) => curve))
    const size = () => ({ width: element.clientWidth, height: HEIGHT })
    const chart = new UPlot(
      { ...size(), ...optionsOf(lines, [from, to], language) },
      [xs, ...ys] as UPlot.AlignedData,
      element,
    )
    const resized = new ResizeObserver(() => chart.setSize(size()))
    resized.observe(element)
    return () => {
      resized.disconnect()
      chart.destroy()
    }
  }, [shape])
  return (
    <figure className="time-chart" aria-label={title}>
      <header>
        <strong>{title}</strong>
        <SaveMenu title={title} files={files} />
      </header>
      <div ref={host} role="img" aria-label={title} style={{ height: HEIGHT }} />
      <figcaption>
        {lines.map(({ label, colour, summary }) => (
          <span key={label}>
            <span className="swatch" style={{ background: colour }} />
            {label} <b>{summary}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  )
}

function optionsOf(
  lines: readonly TimeLine[],
  [from, to]: readonly [number, number],
  language: string,
): Omit<UPlot.Options, 'width' | 'height'> {
  const grid = { stroke: computedColour('var(--line)'), width: 1 }
  const axis = {
    stroke: computedColour('var(--text-2)'),
    grid,
    ticks: { ...grid, size: 4 },
    font: `11px ${computedColour('var(--font)')}`,
  }
  const time = new Intl.DateTimeFormat(
    language,
    to - from > 2 * DAY
      ? { month: 'numeric', day: 'numeric' }
      : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  )
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 })
  return {
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 5 } },
    padding: [8, 12, 0, 0],
    scales: {
      x: { time: true, range: () => [from, Math.max(to, from + 1)] },
      y: { range: (_chart, _min, max) => [0, max > 0 ? max * 1.15 : 1] },
    },
    axes: [
      { ...axis, size: 28, space: 64, values: (_, ticks) => ticks.map((tick) => time.format(tick * 1000)) },
      { ...axis, size: 46, space: 28, values: (_, ticks) => ticks.map((tick) => compact.format(tick)) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour }) => ({
        label,
        stroke: computedColour(colour),
        width: 1.75,
        points: { show: (chart: UPlot) => chart.data[0].length <= 24, size: 5 },
      })),
    ],
  }
}
