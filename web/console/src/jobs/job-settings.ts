import type { JobSettings } from '../api/jobs.js'

/** The start of a new job, to be edited. */
export const NEW_JOB: JobSettings = {
  name: 'My job',
  schedule: { quartz_cron_expression: '0 30 2 * * ?', timezone_id: 'UTC', pause_status: 'PAUSED' },
  tasks: [
    { task_key: 'import', node_task: { entry: 'movielens/import', parameters: { schema: 'main.movies' } } },
  ],
}

/** The server checks the fields. */
export function parseSettings(text: string): { settings: JobSettings } | { problem: string } {
  try {
    return { settings: JSON.parse(text) as JobSettings }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** The settings that pause or resume the trigger of a job; undefined without a trigger. */
export function withPause({ schedule, trigger }: JobSettings, isPaused: boolean): JobSettings | undefined {
  const pause_status = isPaused ? 'PAUSED' : 'UNPAUSED'
  if (schedule) return { schedule: { ...schedule, pause_status } }
  return trigger && { trigger: { ...trigger, pause_status } }
}

export const isPaused = ({ schedule, trigger }: JobSettings) =>
  (schedule ?? trigger)?.pause_status === 'PAUSED'
