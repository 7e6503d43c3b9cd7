import type UPlot from 'uplot'
import { highlightedRun, highlightRun, onHighlight } from './highlighted.js'
import type { ChartLine } from './plot-lines.js'
import { pointedIndex } from './pointed.js'

const NEAR_PX = 24

/**
 * Draws the highlighted run on a canvas of its own: drawing a thousand lines anew for each movement of the pointer would take
 * too long. The nearest line to the pointer is highlighted.
 */
export function highlightLayer(lines: readonly ChartLine[]): UPlot.Plugin {
  const canvas = document.createElement('canvas')
  canvas.className = 'chart-layer'
  let stop = () => {}
  let drawn: string | undefined
  let isBlank = true
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(canvas)
        chart.over.addEventListener('mouseleave', () => highlightRun(undefined))
        stop = onHighlight(() => {
          if (highlightedRun() !== drawn) draw(chart)
        })
      },
      destroy: () => stop(),
      draw: (chart) => draw(chart),
      setCursor: (chart) => {
        if (!chart.over.matches(':hover')) return // synchronized from another chart
        const near = nearest(chart)
        highlightRun(near === undefined ? undefined : lines[near]!.id)
      },
    },
  }

  function nearest(chart: UPlot): number | undefined {
    const { top = -1 } = chart.cursor
    let best: number | undefined
    let distance = NEAR_PX
    for (const [i, { series }] of lines.entries()) {
      const index = pointedIndex(chart, series)
      const y = index === undefined ? undefined : chart.data[series]![index]
      if (y === null || y === undefined) continue
      const away = Math.abs(chart.valToPos(y, 'y') - top)
      if (away < distance) [best, distance] = [i, away]
    }
    return best
  }

  function draw(chart: UPlot) {
    drawn = highlightedRun()
    const own = drawn === undefined ? [] : lines.filter(({ id }) => id === drawn)
    const context = own.length === 0 && isBlank ? null : clear(chart)
    if (!context) return
    isBlank = own.length === 0
    const ratio = devicePixelRatio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.lineWidth = 3
    context.lineJoin = 'round'
    for (const { colour, series } of own) {
      context.strokeStyle = colour
      context.stroke(pathOf(chart, series))
    }
  }

  /** Resizes the canvas only if it must: the browser composes the whole page anew after that. */
  function clear({ bbox }: UPlot): CanvasRenderingContext2D | null {
    const context = canvas.getContext('2d')
    const [width, height] = [Math.round(bbox.width), Math.round(bbox.height)]
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    context?.resetTransform()
    context?.clearRect(0, 0, width, height)
    return context
  }
}

function pathOf(chart: UPlot, series: number): Path2D {
  const path = new Path2D()
  const [xs] = chart.data
  let isDrawing = false
  for (const [i, y] of chart.data[series]!.entries()) {
    if (y === undefined) continue
    if (y === null) {
      isDrawing = false
      continue
    }
    const left = chart.valToPos(xs[i]!, 'x')
    const top = chart.valToPos(y, 'y')
    if (isDrawing) path.lineTo(left, top)
    else path.moveTo(left, top)
    isDrawing = true
  }
  return path
}
