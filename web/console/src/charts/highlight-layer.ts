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
    const ratio = devicePixelRatio
    const { clientWidth, clientHeight } = chart.over
    canvas.width = clientWidth * ratio // also clears it
    canvas.height = clientHeight * ratio
    const context = canvas.getContext('2d')
    if (drawn === undefined || !context) return
    context.scale(ratio, ratio)
    context.lineWidth = 3
    context.lineJoin = 'round'
    for (const line of lines) {
      if (line.id !== drawn) continue
      context.strokeStyle = line.colour
      context.stroke(pathOf(chart, line.series))
    }
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
