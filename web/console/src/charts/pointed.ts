import type UPlot from 'uplot'

/** A run whose nearest point is farther away has no value here. */
const MAX_PX = 24

/** The index of the point of a series nearest to the pointer: runs have points at different x. */
export function pointedIndex(chart: UPlot, series: number): number | undefined {
  const { idx, idxs, left = -1 } = chart.cursor
  const index = idxs?.[series] ?? idx
  if (index === null || index === undefined || left < 0) return undefined
  const away = Math.abs(chart.valToPos(chart.data[0][index]!, 'x') - left)
  return index === idx || away <= MAX_PX ? index : undefined
}
