const { TEST_LONG, TEST_EXHAUSTIVE } = process.env

/** True if this run tests all variants of each kind. */
export const isExhaustive = Boolean(TEST_EXHAUSTIVE)

/**
 * Returns the number of runs of a property or a stress test: an eighth in `npm test`, a quarter in `npm run test:long`, and all
 * with `--exhaustive`. On PostgreSQL it is a third of that, because only the dialect differs.
 */
export const share = (whole: number, engine: 'sqlite' | 'postgres' = 'sqlite'): number =>
  Math.ceil(isExhaustive ? whole : whole / (TEST_LONG ? 4 : 8) / (engine === 'postgres' ? 3 : 1))

/** Returns the step at which a run tests the cells of a matrix: 1 with `--exhaustive`, so that it tests all. */
export const everyNth = (short: number, long: number): number => effort(short, long, 1)

/** Returns one of three sizes of a test: in `npm test`, in `npm run test:long`, and with `--exhaustive`. */
export const effort = (short: number, long: number, exhaustive: number): number =>
  isExhaustive ? exhaustive : TEST_LONG ? long : short
