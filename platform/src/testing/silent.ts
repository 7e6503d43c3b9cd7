import type { Log } from '../jobs/deliver.js'

/** A log for tests that do not look at it. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
