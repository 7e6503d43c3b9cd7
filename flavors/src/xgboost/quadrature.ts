/** Points in (0, 1) and weights whose weighted sum is exact for polynomials of degree up to 2n − 1. */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/** Gauss–Legendre quadrature with n points: finds the roots of the Legendre polynomial by Newton's method. */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 0
    for (let step = 0; step < 100; step++) {
      const { value, derivative } = legendre(n, x)
      slope = derivative
      const move = value / derivative
      x -= move
      if (Math.abs(move) < 1e-16) break
    }
    points[i] = (1 - x) / 2
    weights[i] = 1 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}

function legendre(n: number, x: number): { value: number; derivative: number } {
  let [previous, value] = [1, x]
  for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k]
  return { value, derivative: (n * (x * value - previous)) / (x * x - 1) }
}
