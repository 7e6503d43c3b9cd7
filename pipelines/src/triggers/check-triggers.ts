import { parseVolumePath } from '@cairn/platform/blobs/volume-path'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { TriggerSettings } from '@cairn/platform/protocol/databricks/job-triggers'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { cronOf } from './trigger.js'

const KINDS = ['periodic', 'table_update', 'file_arrival'] as const
const UNSUPPORTED = ['job_completion', 'model', 'sql_condition'] as const

/**
 * Checks paused triggers too, because resuming one does not write it.
 *
 * @throws INVALID_PARAMETER_VALUE for a trigger that would never start a run, naming the field
 */
export function checkTriggers(settings: JobSettings, now: number): void {
  const { schedule, trigger } = settings
  checkContinuous(settings)
  if (schedule && trigger) throw invalid('trigger: a job has either a schedule or a trigger.')
  if (schedule?.sql_condition !== undefined)
    throw invalid('schedule.sql_condition: not supported; remove it.')
  if (schedule && !cronOf(schedule).nextRun(new Date(now)))
    throw invalid(
      `schedule.quartz_cron_expression: '${schedule.quartz_cron_expression}' has no time in the future.`,
    )
  if (trigger) checkTrigger(trigger)
}

function checkContinuous({ continuous, schedule, trigger, max_concurrent_runs = 1 }: JobSettings) {
  if (!continuous) return
  if (schedule || trigger) throw invalid('continuous: a continuous job has neither a schedule nor a trigger.')
  if (max_concurrent_runs !== 1)
    throw invalid('max_concurrent_runs: a continuous job has one run at a time; use 1 or leave it out.')
  if (continuous.task_retry_mode === 'ON_FAILURE')
    throw invalid('continuous.task_retry_mode: ON_FAILURE is not supported; set max_retries of the tasks.')
}

function checkTrigger(trigger: TriggerSettings) {
  for (const kind of UNSUPPORTED)
    if (trigger[kind] !== undefined)
      throw invalid(
        `trigger.${kind}: not supported; use ${KINDS.map((one) => `trigger.${one}`).join(', ')} or a schedule.`,
      )
  if (KINDS.filter((kind) => trigger[kind] !== undefined).length !== 1)
    throw invalid(`trigger: needs one of ${KINDS.join(', ')}.`)
  if (trigger.file_arrival) checkVolume(trigger.file_arrival.url)
  const names = trigger.table_update?.table_names ?? []
  const wrong = names.find((name) => name.split('.').filter((part) => part !== '').length !== 3)
  if (wrong !== undefined)
    throw invalid(`trigger.table_update.table_names: '${wrong}' is not a table; use catalog.schema.table.`)
}

function checkVolume(url: string) {
  try {
    parseVolumePath(url.replace(/^\//, ''))
  } catch (cause) {
    throw invalid(`trigger.file_arrival.url: ${messageOf(cause)}`, { cause })
  }
}
