import type UPlot from 'uplot'
import type { Line } from './line-chart.js'
import { computedColour } from './series-style.js'

interface InfinitePoint {
  readonly x: number
  readonly isPositive: boolean
  readonly colour: string
}

const SIZE_PX = 5

/** The points of lines whose value is infinite. */
export const infinitePoints = (lines: readonly Line[]): InfinitePoint[] =>
  lines.flatMap(({ curve, raw = curve, style: { colour } }) =>
    raw.xs.flatMap((x, i) => {
      const y = raw.ys[i]!
      return Math.abs(y) === Number.POSITIVE_INFINITY ? [{ x, isPositive: y > 0, colour }] : []
    }),
  )

/** Marks infinite values by triangles at the upper and the lower edge. */
export const infiniteMarks = (points: () => readonly InfinitePoint[]): UPlot.Plugin => ({
  hooks: {
    draw: (chart) => {
      const { ctx, bbox } = chart
      const size = SIZE_PX * devicePixelRatio
      ctx.save()
      for (const { x, isPositive, colour } of points()) {
        const left = chart.valToPos(x, 'x', true)
        if (left < bbox.left || left > bbox.left + bbox.width) continue
        const tip = isPositive ? bbox.top : bbox.top + bbox.height
        const base = isPositive ? tip + size * 1.5 : tip - size * 1.5
        ctx.fillStyle = computedColour(colour)
        ctx.beginPath()
        ctx.moveTo(left, tip)
        ctx.lineTo(left + size, base)
        ctx.lineTo(left - size, base)
        ctx.fill()
      }
      ctx.restore()
    },
  },
})
