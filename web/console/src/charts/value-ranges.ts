import type UPlot from 'uplot'
import type { ChartLine } from './plot-lines.js'
import type { Aligned } from './series.js'

type Ranges = Pick<Aligned, 'lows' | 'highs'>

const BAND_ALPHA = 0.18

/**
 * Draws the range from the least to the greatest value of each bucket, so that a spike of one point among thousands is
 * visible; the range of a group of runs as a band.
 *
 * @param ranges by index of the series, from 1
 */
export function valueRanges(
  lines: readonly ChartLine[],
  ranges: () => Ranges,
  isFaint: boolean,
): UPlot.Plugin {
  return {
    hooks: {
      drawSeries: (chart, series) => {
        const line = lines.find((one) => one.series === series)
        if (!line) return
        const { lows, highs } = ranges()
        const own = [lows[series - 1] ?? [], highs[series - 1] ?? []] as const
        const { ctx } = chart
        ctx.save()
        if (line.isGroup) {
          ctx.fillStyle = line.colour
          ctx.globalAlpha = BAND_ALPHA
          ctx.fill(bandOf(chart, ...own))
        } else {
          ctx.strokeStyle = line.colour
          ctx.globalAlpha = isFaint ? 0.35 : 0.75
          ctx.lineWidth = devicePixelRatio
          ctx.stroke(barsOf(chart, ...own))
        }
        ctx.restore()
      },
    },
  }
}

type Values = Ranges['lows'][number]

function barsOf(chart: UPlot, lows: Values, highs: Values): Path2D {
  const path = new Path2D()
  const [from, to] = chart.series[0]!.idxs ?? [0, -1]
  for (let i = from; i <= to; i++) {
    const low = lows[i]
    const high = highs[i]
    if (high == null || low == null || !(low < high)) continue
    const x = Math.round(chart.valToPos(chart.data[0][i]!, 'x', true))
    path.moveTo(x, chart.valToPos(low, 'y', true))
    path.lineTo(x, chart.valToPos(high, 'y', true))
  }
  return path
}

/** The area between the least and greatest values, in the pixels of the canvas. */
function bandOf(chart: UPlot, lows: Values, highs: Values): Path2D {
  const path = new Path2D()
  const [from, to] = chart.series[0]!.idxs ?? [0, -1]
  const shown: number[] = []
  for (let i = Math.max(0, from - 1); i <= Math.min(lows.length - 1, to + 1); i++)
    if (lows[i] != null && highs[i] != null) shown.push(i)
  const x = (i: number) => chart.valToPos(chart.data[0][i]!, 'x', true)
  for (const i of shown) path.lineTo(x(i), chart.valToPos(highs[i]!, 'y', true))
  for (const i of shown.reverse()) path.lineTo(x(i), chart.valToPos(lows[i]!, 'y', true))
  path.closePath()
  return path
}

/** The least and greatest value between two indexes of x; undefined without values. */
export function extent({ lows, highs }: Ranges, from: number, to: number) {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const [series, values] of lows.entries())
    for (let i = from; i <= to; i++) {
      const low = values[i]
      const high = highs[series]![i]
      if (low != null && low < min) min = low
      if (high != null && high > max) max = high
    }
  return min <= max ? { min, max } : undefined
}
