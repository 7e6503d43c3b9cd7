const { TEST_LONG, TEST_EXHAUSTIVE } = process.env

/**
 * The number of runs of a property or a stress test: a fifth of them in `npm test`, half of them in `npm run test:long`, and all
 * with `--exhaustive`.
 */
export const share = (whole: number): number => Math.ceil(whole / (TEST_EXHAUSTIVE ? 1 : TEST_LONG ? 2 : 5))

/** Returns the step at which a run tests the cells of a matrix: 1 with `--exhaustive`, so that it tests all. */
export const everyNth = (short: number, long: number): number =>
  TEST_EXHAUSTIVE ? 1 : TEST_LONG ? long : short
