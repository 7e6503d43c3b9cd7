import { randomBytes } from 'node:crypto'
import { invalid } from '@cairn/platform/errors'
import type { JobRunRow } from '../schema.js'

/** The number of runs may grow a hundredfold with each level. */
const MAX_DEPTH = 5

/**
 * An idempotency token for the run that a `run_job_task` starts. It is random, so that no other caller can use it, and
 * contains the depth of the run: its parent is not stored yet when its own tasks start.
 */
export const newChildToken = (depth: number) => `run-job-${depth}-${randomBytes(16).toString('hex')}`

/** The length of the chain of runs that wait for this one; 0 for a run that no task started. */
export function depthOf({ idempotency_key }: Pick<JobRunRow, 'idempotency_key'>): number {
  const [, depth] = /^job:\d+:run-job-(\d{1,3})-[0-9a-f]{32}$/.exec(idempotency_key ?? '') ?? []
  return Number(depth ?? 0)
}

/** @throws INVALID_PARAMETER_VALUE for a chain that is too long */
export function requireChildDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw invalid(`run_job_task: jobs run each other at most ${MAX_DEPTH} levels deep.`)
}
