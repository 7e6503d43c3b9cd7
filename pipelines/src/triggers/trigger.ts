import { invalid } from '@cairn/platform/errors'
import type {
  CronSchedule,
  FileArrivalTrigger,
  PeriodicTrigger,
  TableUpdateTrigger,
  TriggerType,
} from '@cairn/platform/protocol/databricks/job-triggers'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { Cron } from 'croner'
import type { JobRunRow } from '../schema.js'
import { quartzToCroner } from './quartz.js'

/** The trigger of a job, without whether it is paused. */
export type Trigger =
  | ({ readonly kind: 'schedule' } & Pick<CronSchedule, 'quartz_cron_expression' | 'timezone_id'>)
  | ({ readonly kind: 'periodic' } & PeriodicTrigger)
  | ({ readonly kind: 'table_update' } & TableUpdateTrigger)
  | ({ readonly kind: 'file_arrival' } & FileArrivalTrigger)
  | { readonly kind: 'continuous' }

/** Triggers on data, which is polled for changes. */
export type DataTrigger = Extract<Trigger, { readonly kind: 'table_update' | 'file_arrival' }>

/** A stored time further in the future means that the clock was set back. Tolerates clock skew. */
export const CLOCK_TOLERANCE_MS = 60_000
/** Databricks starts at most one run of a schedule in this time. */
export const MIN_INTERVAL_MS = 10_000
/** The interval for polling versions of tables and files of volumes. */
const DATA_POLL_MS = 15_000
/** The interval for polling continuous jobs. */
const CONTINUOUS_POLL_MS = 2_000

const MINUTE_MS = 60_000
const UNIT_MS = {
  MINUTES: MINUTE_MS,
  HOURS: 60 * MINUTE_MS,
  DAYS: 24 * 60 * MINUTE_MS,
  WEEKS: 7 * 24 * 60 * MINUTE_MS,
}

export const TRIGGER_TYPE: Readonly<Record<Trigger['kind'], TriggerType>> = {
  schedule: 'PERIODIC',
  periodic: 'PERIODIC',
  table_update: 'TABLE',
  file_arrival: 'FILE_ARRIVAL',
  continuous: 'CONTINUOUS',
}

/** Databricks' type of the trigger of a run. A run of an earlier release was started on request. */
export const triggerTypeOf = (run: Pick<JobRunRow, 'parent_task_run_id' | 'trigger_type'>): TriggerType =>
  run.parent_task_run_id === null ? (run.trigger_type ?? 'ONE_TIME') : 'RUN_JOB_TASK'

/** @returns undefined for a job that only starts on request, and for a paused trigger */
export function triggerOf({ schedule, trigger, continuous }: JobSettings): Trigger | undefined {
  if (continuous && continuous.pause_status !== 'PAUSED') return { kind: 'continuous' }
  if (schedule && schedule.pause_status !== 'PAUSED') {
    const { quartz_cron_expression, timezone_id } = schedule
    return { kind: 'schedule', quartz_cron_expression, timezone_id }
  }
  if (!trigger || trigger.pause_status === 'PAUSED') return undefined
  if (trigger.periodic) return { kind: 'periodic', ...trigger.periodic }
  if (trigger.file_arrival) return { kind: 'file_arrival', ...trigger.file_arrival }
  return trigger.table_update && { kind: 'table_update', ...trigger.table_update }
}

/**
 * When the trigger is due next.
 *
 * @param now milliseconds since the epoch
 * @param previous when it was due the last time; a periodic trigger keeps its rhythm
 * @returns undefined when a schedule has ended
 */
export function nextTime(trigger: Trigger, now: number, previous?: number): number | undefined {
  switch (trigger.kind) {
    case 'schedule': {
      const after = previous === undefined ? now : Math.max(now, previous + MIN_INTERVAL_MS - 1)
      return cronOf(trigger).nextRun(new Date(after))?.getTime()
    }
    case 'periodic': {
      const every = trigger.interval * UNIT_MS[trigger.unit]
      const from = previous ?? now
      return from + every * Math.max(1, Math.floor((now - from) / every) + 1)
    }
    case 'continuous':
      return previous === undefined ? now : now + CONTINUOUS_POLL_MS
    case 'table_update':
    case 'file_arrival':
      return previous === undefined ? now : now + DATA_POLL_MS // the first poll only records the state
  }
}

/** The next times of a schedule or a periodic trigger. */
export function nextTimes(trigger: Trigger, now: number, count: number): number[] {
  if (trigger.kind !== 'schedule' && trigger.kind !== 'periodic') return []
  const times: number[] = []
  for (let at: number | undefined = nextTime(trigger, now); at !== undefined && times.length < count; ) {
    times.push(at)
    at = nextTime(trigger, at, at)
  }
  return times
}

/** @throws INVALID_PARAMETER_VALUE for an expression that is not Quartz or a zone that does not exist */
export function cronOf(
  schedule: Pick<CronSchedule, 'quartz_cron_expression' | 'timezone_id'>,
): Pick<Cron, 'nextRun'> {
  const { quartz_cron_expression, timezone_id: timezone } = schedule
  requireZone(timezone)
  const pattern = quartzToCroner(quartz_cron_expression)
  try {
    return new Cron(pattern, { timezone, paused: true, mode: '7-part' })
  } catch (cause) {
    throw invalid(
      `schedule.quartz_cron_expression: '${quartz_cron_expression}' cannot be used: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function requireZone(zone: string) {
  try {
    if (/^[A-Za-z]/.test(zone)) {
      new Intl.DateTimeFormat('en', { timeZone: zone })
      return
    }
  } catch {
    // Refused below.
  }
  throw invalid(
    `schedule.timezone_id: '${zone}' is not a time zone of the IANA database, such as 'Asia/Seoul' or 'UTC'.`,
  )
}
