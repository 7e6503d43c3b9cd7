import type { Log } from '../jobs/deliver.js'

/** A log that discards everything. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
