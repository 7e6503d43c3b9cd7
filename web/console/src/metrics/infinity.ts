/** MLflow stores infinity as the greatest double. */
const INFINITE = 1.797e308

/** False for infinite values and NaN, which have no place on an axis. */
export const isDrawable = (value: number) => Math.abs(value) < INFINITE

/** The value, with infinity instead of the number that stands for it. */
export const withInfinity = (value: number) =>
  Math.abs(value) >= INFINITE ? Math.sign(value) * Number.POSITIVE_INFINITY : value
