const { TEST_LONG, TEST_EXHAUSTIVE } = process.env

/** One of three sizes of a test: in `npm test`, in `npm run test:long`, and with `--exhaustive`. */
export const effort = (short: number, long: number, exhaustive: number): number =>
  TEST_EXHAUSTIVE ? exhaustive : TEST_LONG ? long : short
