import Type, { type Static } from 'typebox'
import { AnyJson, OneOf, Required } from '../wire.js'
import { Closed } from './task-kinds.js'

const PauseStatus = Type.Optional(OneOf(['UNPAUSED', 'PAUSED']))

/** Starts runs at times of a calendar. A paused schedule keeps its expression and zone. */
export const CronSchedule = Closed({
  /** The second, minute, hour, day of month, month, day of week (1 is Sunday), and optionally the year. */
  quartz_cron_expression: Required({ maxLength: 1000 }),
  /** A name of the IANA database, such as `Asia/Seoul`. */
  timezone_id: Required({ maxLength: 100 }),
  pause_status: PauseStatus,
  sql_condition: Type.Optional(AnyJson()),
})
export type CronSchedule = Static<typeof CronSchedule>

/** Starts a run after each interval, counted from when the trigger was set. */
export const PeriodicTrigger = Closed({
  interval: Type.Integer({ minimum: 1, maximum: 10_000 }),
  unit: OneOf(['MINUTES', 'HOURS', 'DAYS', 'WEEKS']),
})
export type PeriodicTrigger = Static<typeof PeriodicTrigger>

const Pause = () => Type.Optional(Type.Integer({ minimum: 0, maximum: 30 * 24 * 3600 }))

/** Starts a run after managed tables got new versions. */
export const TableUpdateTrigger = Closed({
  /** Names such as `catalog.schema.table`. The principal that the job runs as needs SELECT on each table. */
  table_names: Type.Array(Required({ maxLength: 800 }), { minItems: 1, maxItems: 10, uniqueItems: true }),
  condition: Type.Optional(OneOf(['ANY_UPDATED', 'ALL_UPDATED'])),
  min_time_between_triggers_seconds: Pause(),
  /** The time without a new version of a table for which the trigger waits. */
  wait_after_last_change_seconds: Pause(),
})
export type TableUpdateTrigger = Static<typeof TableUpdateTrigger>

/** Starts a run after new files arrived in a volume. Replaced files do not count. */
export const FileArrivalTrigger = Closed({
  /** `/Volumes/CATALOG/SCHEMA/VOLUME`, or a folder in it. The principal that the job runs as needs READ VOLUME. */
  url: Required({ maxLength: 1024 }),
  min_time_between_triggers_seconds: Pause(),
  /** The time without a new file for which the trigger waits. */
  wait_after_last_change_seconds: Pause(),
})
export type FileArrivalTrigger = Static<typeof FileArrivalTrigger>

/** Starts a run whenever none is active. */
export const Continuous = Closed({
  pause_status: PauseStatus,
  task_retry_mode: Type.Optional(OneOf(['NEVER', 'ON_FAILURE'])),
})
export type Continuous = Static<typeof Continuous>

export const TriggerSettings = Closed({
  pause_status: PauseStatus,
  periodic: Type.Optional(PeriodicTrigger),
  table_update: Type.Optional(TableUpdateTrigger),
  file_arrival: Type.Optional(FileArrivalTrigger),
  job_completion: Type.Optional(AnyJson()),
  model: Type.Optional(AnyJson()),
  sql_condition: Type.Optional(AnyJson()),
})
export type TriggerSettings = Static<typeof TriggerSettings>

/** The kinds of Databricks' triggers that start runs here. */
export const TRIGGER_TYPES = [
  ...(['ONE_TIME', 'PERIODIC', 'RETRY', 'RUN_JOB_TASK'] as const),
  ...(['TABLE', 'FILE_ARRIVAL', 'CONTINUOUS'] as const),
] as const
export type TriggerType = (typeof TRIGGER_TYPES)[number]
