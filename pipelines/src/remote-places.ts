import type { RunsOn } from './schema.js'

/** The attempts that a worker over HTTP may claim. */
export const REMOTE_PLACES: readonly RunsOn[] = ['any', 'worker']
