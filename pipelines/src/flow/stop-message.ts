import type { JobRunRow } from '../schema.js'

/** Why a run and its running tasks were stopped. */
export const STOP_MESSAGES: Readonly<Record<NonNullable<JobRunRow['stopping']>, string>> = {
  CANCELED: 'The run was canceled.',
  TIMEDOUT: 'The run exceeded its timeout.',
}
