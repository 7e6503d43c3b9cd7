/** Two-sided p-value of a standard normal statistic. */
export const normalPValue = (z: number): number => studentPValue(z, Number.POSITIVE_INFINITY)

/** Two-sided p-value of Student's t with `df` degrees of freedom: the regularised incomplete beta function I(df/2, 1/2). */
export function studentPValue(t: number, df: number): number {
  if (Number.isNaN(t)) return 1
  if (!Number.isFinite(t)) return 0
  const finite = Math.min(df, 1e9)
  return incompleteBeta(finite / (finite + t * t), finite / 2, 0.5)
}

/** The t that `studentPValue` maps to `p`, by bisection. */
export function studentQuantile(p: number, df: number): number {
  let [low, high] = [0, 1]
  while (studentPValue(high, df) > p) high *= 2
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (studentPValue(middle, df) > p) low = middle
    else high = middle
  }
  return high
}

/** The regularised incomplete beta function I_x(a, b), by Lentz' continued fraction (Press et al., Numerical Recipes, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front =
    Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  let [fraction, c, d] = [1, 1, 0]
  for (let n = 0; n < 300; n++) {
    const numerator = n === 0 ? 1 : betaNumerator(n, x, a, b)
    d = 1 / nonZero(1 + numerator * d)
    c = nonZero(1 + numerator / c)
    fraction *= c * d
    if (Math.abs(1 - c * d) < 1e-14) break
  }
  return front * (fraction - 1)
}

/** The n-th partial numerator of the continued fraction. */
function betaNumerator(n: number, x: number, a: number, b: number): number {
  const m = Math.floor(n / 2)
  return n % 2 === 0
    ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
}

const nonZero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value)

/** The logarithm of the gamma function, by Lanczos' approximation with g = 7 and nine coefficients (P. Godfrey, 2001). */
function logGamma(x: number): number {
  const shifted = x + 7 - 0.5
  const sum = LANCZOS.reduce(
    (total, coefficient, n) => total + (n === 0 ? coefficient : coefficient / (x + n - 1)),
    0,
  )
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum)
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]
