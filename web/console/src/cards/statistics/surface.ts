/** Values on a grid, row by row from the least y. */
export interface Surface {
  readonly columns: number
  readonly rows: number
  readonly values: number[]
}

interface Point {
  readonly x: number
  readonly y: number
  readonly z: number
}

export interface Span {
  readonly low: number
  readonly high: number
}

const POWER = 3

/** Interpolates scattered points by inverse distances (Shepard), with both axes scaled to their ranges. */
export function surfaceOf(points: readonly Point[], x: Span, y: Span, size: number): Surface {
  const scaled = points.map((point) => ({
    x: (point.x - x.low) / (x.high - x.low || 1),
    y: (point.y - y.low) / (y.high - y.low || 1),
    z: point.z,
  }))
  const values: number[] = []
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      values.push(valueAt(scaled, column / (size - 1), row / (size - 1)))
  return { columns: size, rows: size, values }
}

function valueAt(points: readonly Point[], x: number, y: number): number {
  let sum = 0
  let mass = 0
  for (const point of points) {
    const square = (point.x - x) ** 2 + (point.y - y) ** 2
    const weight = 1 / (square + 1e-9) ** (POWER / 2)
    sum += weight * point.z
    mass += weight
  }
  return sum / mass
}
