import type { TFunction } from 'i18next'
import type { Triggers } from './job-settings.js'
import { DAYS, type Day, fromQuartzWithSeconds, type Rhythm } from './quartz.js'

/** The schedule or trigger of a job in words; undefined for a job that starts on request only. */
export function triggerText(
  { schedule, trigger, continuous }: Triggers,
  t: TFunction,
  language: string,
): string | undefined {
  if (schedule) {
    const text = rhythmText(fromQuartzWithSeconds(schedule.quartz_cron_expression), t, language)
    return `${text} (${schedule.timezone_id})`
  }
  if (trigger?.periodic) {
    const { interval, unit } = trigger.periodic
    return t(`jobs.every.${unit}`, { count: interval })
  }
  if (continuous) return t('jobs.continuous')
  if (trigger?.file_arrival) return t('jobs.onFiles', { url: trigger.file_arrival.url })
  return trigger?.table_update && t('jobs.onTables', { tables: trigger.table_update.table_names.join(', ') })
}

function rhythmText(rhythm: Rhythm, t: TFunction, language: string): string {
  switch (rhythm.kind) {
    case 'minutes':
      return t('jobs.every.MINUTES', { count: rhythm.every })
    case 'hourly': {
      const minute = String(rhythm.minute).padStart(2, '0')
      return `${t('jobs.every.HOURS', { count: rhythm.every })} ${t('jobs.atMinute', { minute })}`
    }
    case 'daily':
      return t('jobs.daily', { time: rhythm.time })
    case 'weekly':
      return t('jobs.weekly', { days: dayList(rhythm.days, t, language), time: rhythm.time })
    case 'monthly':
      return rhythm.day === 'L'
        ? t('jobs.lastOfMonth', { time: rhythm.time })
        : t('jobs.monthly', { day: rhythm.day, time: rhythm.time })
    case 'custom':
      return t('jobs.cron', { expression: rhythm.expression })
  }
}

/** 5 January 1970 was a Monday. */
export const dayName = (day: Day, language: string) =>
  new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(
    Date.UTC(1970, 0, 5 + DAYS.indexOf(day)),
  )

const WEEKDAYS = DAYS.slice(0, 5).join()

const dayList = (days: readonly Day[], t: TFunction, language: string) =>
  days.join() === WEEKDAYS ? t('jobs.weekdays') : days.map((day) => dayName(day, language)).join(', ')
