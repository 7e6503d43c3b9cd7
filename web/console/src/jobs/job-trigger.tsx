import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../api/jobs.js'
import { useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { scheduleTimesQuery } from './job-queries.js'
import { hasTrigger, isPaused } from './job-settings.js'
import { triggerText } from './trigger-text.js'
import { usePause } from './use-job-actions.js'

const UNIT_MS = { MINUTES: 60_000, HOURS: 3_600_000, DAYS: 86_400_000, WEEKS: 604_800_000 } as const
const TIMES = 5

/** The schedule or trigger of a job in words, and its next times; its managers pause and resume it. */
export function JobTrigger({ job }: { job: Job }) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const heading = useId()
  const { settings, job_id } = job
  const paused = isPaused(settings)
  const pause = usePause(job_id, settings)
  const text = triggerText(settings, t, language)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.trigger')}</h2>
        {hasTrigger(settings) && job.permission_level === 'CAN_MANAGE' && (
          <button
            type="button"
            className="button small"
            disabled={pause.isPending}
            onClick={() => pause.mutate()}
          >
            <Icon name={paused ? 'play' : 'pause'} size={13} />
            {t(paused ? 'jobs.resume' : 'jobs.pause')}
          </button>
        )}
      </header>
      <div className="body stack">
        <p>
          {text ?? <span className="muted">{t('jobs.onRequestOnly')}</span>}{' '}
          {paused && <span className="chip warn">{t('jobs.paused')}</span>}
        </p>
        {settings.schedule && <code className="muted">{settings.schedule.quartz_cron_expression}</code>}
        {!paused && <NextTimes job={job} />}
        {pause.isError && <Failure error={pause.error} />}
      </div>
    </section>
  )
}

function NextTimes({ job: { settings, next_run_time } }: { job: Job }) {
  const { t } = useTranslation()
  const { schedule, trigger } = settings
  const preview = useQuery({
    ...scheduleTimesQuery(schedule?.quartz_cron_expression ?? '', schedule?.timezone_id ?? ''),
    enabled: schedule !== undefined,
    refetchInterval: 60_000,
  })
  const times = schedule ? preview.data : periodicTimes(trigger?.periodic, next_run_time)
  if (!times || times.length === 0) return null
  return (
    <div>
      <h3 className="label">{t('jobs.nextTimes')}</h3>
      <TimeList times={times} zone={schedule?.timezone_id} />
    </div>
  )
}

type Periodic = NonNullable<Job['settings']['trigger']>['periodic']

const periodicTimes = (periodic: Periodic, next: number | undefined) =>
  periodic && next !== undefined
    ? Array.from({ length: TIMES }, (_, index) => next + index * periodic.interval * UNIT_MS[periodic.unit])
    : undefined

/** Times in a zone, or in that of the browser, with how far away they are. */
export function TimeList({ times, zone }: { times: readonly number[]; zone?: string | undefined }) {
  const format = useFormat()
  const shown = new Intl.DateTimeFormat(format.language, {
    ...{
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    },
    ...(zone && { timeZone: zone }),
  })
  return (
    <ol className="next-times">
      {times.map((time) => (
        <li key={time}>
          <time dateTime={new Date(time).toISOString()}>{shown.format(time)}</time>
          <span className="muted">{format.ago(time)}</span>
        </li>
      ))}
    </ol>
  )
}
