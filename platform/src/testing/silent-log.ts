import type { Log } from '../jobs/deliver.js'

/** A log that discards everything. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
