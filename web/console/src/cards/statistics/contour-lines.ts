import { contours } from 'd3-contour'
import type { Surface } from './surface.js'

export interface Contour {
  readonly value: number
  /** Closed rings of shares of both axes, from 0 to 1; holes turn the other way. */
  readonly rings: readonly (readonly (readonly [x: number, y: number])[])[]
}

/** Areas at or above evenly spaced values, from the lowest, by marching squares. */
export function contourLines({ columns, rows, values }: Surface, count: number): Contour[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const thresholds = Array.from({ length: count }, (_, i) => low + (i / count) * (high - low))
  // Centres of cells are at halves.
  const share = (at: number, size: number) => Math.min(1, Math.max(0, (at - 0.5) / (size - 1)))
  return contours()
    .size([columns, rows])
    .thresholds(thresholds)(values)
    .map(({ value, coordinates }) => ({
      value,
      rings: coordinates
        .flat()
        .map((ring) => ring.map(([x, y]) => [share(x!, columns), share(y!, rows)] as const)),
    }))
}
