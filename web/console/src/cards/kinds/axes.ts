import { formatTick } from '../../i18n/format.js'
import type { Paint } from '../paint.js'

interface AxisOptions {
  readonly name: string
  readonly log?: boolean
  readonly paint: Paint
}

const lines = ({ paint }: { readonly paint: Paint }) => ({
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: paint.line } },
})

export const textStyle = ({ font, faint }: Paint, size = 11) => ({
  fontFamily: font,
  fontSize: size,
  color: faint,
})

export const valueAxis = ({ name, log = false, paint }: AxisOptions) => ({
  type: log ? ('log' as const) : ('value' as const),
  name,
  nameLocation: 'middle' as const,
  scale: true,
  nameTextStyle: { ...textStyle(paint), width: 260, overflow: 'truncate' as const },
  axisLabel: { ...textStyle(paint), formatter: (tick: number) => formatTick(tick), hideOverlap: true },
  ...lines({ paint }),
})

export const xValueAxis = (options: AxisOptions) => ({ ...valueAxis(options), nameGap: 26 })
export const yValueAxis = (options: AxisOptions) => ({ ...valueAxis(options), nameGap: 46 })

export const categoryAxis = (names: readonly string[], paint: Paint, widthPx = 120) => ({
  type: 'category' as const,
  data: [...names],
  axisLabel: { ...textStyle(paint), width: widthPx, overflow: 'truncate' as const, hideOverlap: true },
  axisLine: { lineStyle: { color: paint.line } },
  axisTick: { show: false },
})

export const GRID = { left: 64, right: 20, top: 12, bottom: 44 }

/** A box of text lines beside the pointer. Built as elements: names of runs and keys are not markup. */
export function tooltipOf(title: string, rows: readonly (readonly [label: string, value: string])[]) {
  const box = document.createElement('div')
  box.className = 'card-tooltip'
  const head = document.createElement('strong')
  head.textContent = title
  box.append(head)
  for (const [label, value] of rows) {
    const row = document.createElement('span')
    const figure = document.createElement('b')
    figure.textContent = value
    row.append(label, figure)
    box.append(row)
  }
  return box
}

export const tooltipStyle = ({ surface, line, text, font }: Paint) => ({
  trigger: 'item' as const,
  confine: true,
  transitionDuration: 0,
  backgroundColor: surface,
  borderColor: line,
  padding: [6, 9],
  textStyle: { color: text, fontFamily: font, fontSize: 12 },
})
