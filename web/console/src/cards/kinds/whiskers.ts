import type { Paint } from '../paint.js'

interface Api {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
}

const END_PX = 4

/** Intervals across bars. @param intervals index of the bar, low, high; those without a range are left out */
export function whiskers(
  intervals: readonly (readonly [index: number, low: number, high: number])[],
  { text }: Paint,
  valueAxis: 'x' | 'y',
) {
  const isX = valueAxis === 'x'
  return {
    type: 'custom' as const,
    silent: true,
    z: 4,
    data: intervals.filter(([, low, high]) => low <= high).map((one) => [...one]),
    encode: isX ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    renderItem: (_: unknown, api: Api) => {
      const [index, low, high] = [api.value(0), api.value(1), api.value(2)]
      const [from, to] = [low, high].map((value) => api.coord(isX ? [value, index] : [index, value]))
      return {
        type: 'path' as const,
        shape: { pathData: isX ? horizontal(from!, to!) : vertical(from!, to!) },
        style: { stroke: text, fill: 'none', lineWidth: 1.25 },
      }
    },
  }
}

const horizontal = ([x0, y]: readonly number[], [x1]: readonly number[]) =>
  `M${x0} ${y! - END_PX}V${y! + END_PX}M${x0} ${y}H${x1}M${x1} ${y! - END_PX}V${y! + END_PX}`
const vertical = ([x, y0]: readonly number[], [, y1]: readonly number[]) =>
  `M${x! - END_PX} ${y0}H${x! + END_PX}M${x} ${y0}V${y1}M${x! - END_PX} ${y1}H${x! + END_PX}`
