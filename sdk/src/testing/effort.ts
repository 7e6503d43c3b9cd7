/** Whether tests run in their whole size, as `npm run test:long` does. */
export const isLong = Boolean(process.env.TEST_LONG)
