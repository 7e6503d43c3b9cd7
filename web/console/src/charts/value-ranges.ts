import type UPlot from 'uplot'
import type { ChartLine } from './plot-lines.js'
import type { Aligned } from './series.js'

type Ranges = Pick<Aligned, 'lows' | 'highs'>

/**
 * Draws the range from the least to the greatest value of each bucket, so that a spike of one point among thousands is
 * visible.
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
        const path = pathOf(chart, lows[series - 1] ?? [], highs[series - 1] ?? [])
        const { ctx } = chart
        ctx.save()
        ctx.strokeStyle = line.colour
        ctx.globalAlpha = isFaint ? 0.35 : 0.75
        ctx.lineWidth = devicePixelRatio
        ctx.stroke(path)
        ctx.restore()
      },
    },
  }
}

function pathOf(chart: UPlot, lows: Ranges['lows'][number], highs: Ranges['highs'][number]): Path2D {
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
