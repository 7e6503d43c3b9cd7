const { TEST_LONG, TEST_EXHAUSTIVE } = process.env

/** True if long tests run, as in `.ci/run`. */
export const isLong = Boolean(TEST_LONG)
/** True if variants run that repeat others, as every week. */
export const isExhaustive = Boolean(TEST_EXHAUSTIVE)

/** One of three sizes of a test: in `npm test`, in `npm run test:long`, and with `--exhaustive`. */
export const effort = (short: number, long: number, exhaustive: number): number =>
  isExhaustive ? exhaustive : isLong ? long : short
