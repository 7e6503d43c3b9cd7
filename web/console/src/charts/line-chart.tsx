import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { usePaintedTheme } from '../app/theme.js'
import { chartOptions, type PlotStyle, type XRange } from './chart-options.js'
import { infinitePoints } from './infinite-marks.js'
import { align, type Curve } from './series.js'
import type { SeriesStyle } from './series-style.js'
import { zoomByKey } from './zoom.js'

export interface Line {
  /** Identifies the line: labels are not unique. */
  readonly id: string
  /** The run that it highlights; none for groups. */
  readonly run?: string
  readonly label: string
  readonly style: SeriesStyle
  readonly curve: Curve
  /** The values before smoothing, drawn faintly behind the curve. */
  readonly raw?: Curve
  /** True if it is the mean of several runs, with a band from the lows to the highs. */
  readonly isGroup?: boolean
}

interface LineChartProps {
  readonly title: string
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly style?: PlotStyle
  readonly height?: number
  /** The zoomed range; undefined for all. */
  readonly range?: XRange | undefined
  readonly onZoom?: (range: XRange | undefined) => void
}

const HEIGHT = 220

/** A canvas chart, which zooms by dragging and by keys. `CurveTable` is its accessible alternative. */
export function LineChart(props: LineChartProps) {
  const { title, lines, xLabel, style = {}, height = HEIGHT, range, onZoom } = props
  const { t, i18n } = useTranslation()
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const theme = usePaintedTheme()
  const shape = JSON.stringify([
    lines.map(({ id, label, style, raw, isGroup }) => [id, label, style, Boolean(raw), isGroup]),
    ...[xLabel, style, height, theme, i18n.language],
  ])
  const data = useMemo(
    () => align(lines.flatMap(({ curve, raw }) => (raw ? [raw, { xs: curve.xs, ys: curve.ys }] : [curve]))),
    [lines],
  )
  /** True if the chart was created with these data. */
  const isNew = useRef(false)
  const infinite = useMemo(() => infinitePoints(lines), [lines])
  const latest = useRef({ data, infinite, range, onZoom })
  latest.current = { data, infinite, range, onZoom }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is everything that needs a new chart
  useEffect(() => {
    const element = host.current!
    const options = chartOptions({
      ...{ lines, xLabel, style, height, language: i18n.language },
      width: element.clientWidth,
      data: () => latest.current.data,
      infinite: () => latest.current.infinite,
      range: () => latest.current.range,
      onZoom: onZoom && ((next) => latest.current.onZoom?.(next)),
      more: (count) => t('curves.moreLines', { count }),
    })
    const drawn = new UPlot(options, uplotData(latest.current.data), element)
    chart.current = drawn
    isNew.current = true
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth
      if (width !== drawn.width) drawn.setSize({ width, height }) // the first call has the same, and would draw twice
    })
    resized.observe(element)
    return () => {
      resized.disconnect()
      drawn.destroy()
    }
  }, [shape])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new range is drawn with the same data
  useEffect(() => {
    if (!isNew.current) chart.current?.setData(uplotData(data))
    isNew.current = false
  }, [data, range?.[0], range?.[1]])
  const onKeyDown = (event: KeyboardEvent) => {
    const { min, max } = chart.current?.scales.x ?? {}
    const next = min == null || max == null ? undefined : zoomByKey(event.key, [min, max])
    if (!next) return
    event.preventDefault()
    onZoom?.(next.range)
  }
  const zoomable = onZoom && { tabIndex: 0, onKeyDown, 'aria-keyshortcuts': '+ - ArrowLeft ArrowRight 0' }
  return <div ref={host} className="line-chart" role="img" aria-label={title} {...zoomable} />
}

const uplotData = ({ xs, lines }: ReturnType<typeof align>) => [xs, ...lines] as UPlot.AlignedData
