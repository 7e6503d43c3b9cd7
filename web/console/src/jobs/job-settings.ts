import type { JobSettings } from '../api/jobs.js'

/** The settings that start runs: a job has at most one of them. */
export type Triggers = Pick<JobSettings, 'schedule' | 'trigger' | 'continuous'>

/** The settings that pause or resume the trigger of a job; undefined without a trigger. */
export function withPause(
  { schedule, trigger, continuous }: Triggers,
  isPaused: boolean,
): Triggers | undefined {
  const pause_status = isPaused ? 'PAUSED' : 'UNPAUSED'
  if (schedule) return { schedule: { ...schedule, pause_status } }
  if (continuous) return { continuous: { ...continuous, pause_status } }
  return trigger && { trigger: { ...trigger, pause_status } }
}

export const isPaused = ({ schedule, trigger, continuous }: Triggers) =>
  (schedule ?? trigger ?? continuous)?.pause_status === 'PAUSED'

export const hasTrigger = ({ schedule, trigger, continuous }: Triggers) =>
  (schedule ?? trigger ?? continuous) !== undefined

/** Triggers on data and continuous jobs are polled, so they have no next time. */
export const hasNextTime = ({ schedule, trigger }: Triggers) =>
  schedule !== undefined || trigger?.periodic !== undefined
