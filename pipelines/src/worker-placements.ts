import type { RunsOn } from './schema.js'

/** The attempts that a worker over HTTP may claim. */
export const WORKER_PLACEMENTS: readonly RunsOn[] = ['any', 'worker']
