/** Whether tests run in their whole size, as `npm run test:long` does. */
export const isLong = Boolean(process.env.TEST_LONG)

/** The number of runs of a property or a stress test: a fifth of them unless tests run in their whole size. */
export const share = (whole: number): number => (isLong ? whole : Math.ceil(whole / 5))
