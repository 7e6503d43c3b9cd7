import { invalid } from '@cairn/platform/errors'
import type { TriggerSettings } from '@cairn/platform/protocol/job-triggers'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import { cronOf } from './trigger.js'

const UNSUPPORTED = ['file_arrival', 'job_completion', 'model', 'sql_condition'] as const

/**
 * Paused triggers are checked too: whoever resumes one does not write it.
 *
 * @throws INVALID_PARAMETER_VALUE for a trigger that would never start a run, naming the field
 */
export function checkTriggers({ schedule, trigger, continuous }: JobSettings, now: number): void {
  if (continuous !== undefined)
    throw invalid(
      'continuous: not supported; use trigger.periodic, or a schedule with max_concurrent_runs 1.',
    )
  if (schedule && trigger) throw invalid('trigger: a job has either a schedule or a trigger.')
  if (schedule?.sql_condition !== undefined)
    throw invalid('schedule.sql_condition: not supported; remove it.')
  if (schedule && !cronOf(schedule).nextRun(new Date(now)))
    throw invalid(
      `schedule.quartz_cron_expression: '${schedule.quartz_cron_expression}' has no time in the future.`,
    )
  if (trigger) checkTrigger(trigger)
}

function checkTrigger(trigger: TriggerSettings) {
  for (const kind of UNSUPPORTED)
    if (trigger[kind] !== undefined)
      throw invalid(
        `trigger.${kind}: not supported; use trigger.periodic, trigger.table_update or a schedule.`,
      )
  if ((trigger.periodic === undefined) === (trigger.table_update === undefined))
    throw invalid('trigger: needs either periodic or table_update.')
  const names = trigger.table_update?.table_names ?? []
  const wrong = names.find((name) => name.split('.').filter((part) => part !== '').length !== 3)
  if (wrong !== undefined)
    throw invalid(`trigger.table_update.table_names: '${wrong}' is not a table; use catalog.schema.table.`)
}
