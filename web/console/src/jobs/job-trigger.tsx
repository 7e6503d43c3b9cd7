import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { getJob, type Job, type JobSettings, updateJob } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { Failure } from '../ui/states.js'
import { isPaused, withPause } from './job-settings.js'

/** The schedule or trigger of a job, its next run, and a button that pauses it. Nothing for a job without one. */
export function JobTrigger({ job, name }: { job: Job; name: string }) {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const { settings, job_id } = job
  const text = describe(settings, t)
  const paused = isPaused(settings)
  const next = useQuery({
    queryKey: [...queryKeys.jobs(), job_id, settings],
    queryFn: ({ signal }) => getJob(job_id, signal),
    enabled: text !== undefined && !paused,
    refetchInterval: 60_000,
  })
  const change = useMutation({
    mutationFn: () => updateJob(job_id, withPause(settings, !paused)!),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.jobs() }),
  })
  if (text === undefined) return null
  const time = next.data?.next_run_time
  return (
    <div className="job-trigger muted">
      <span>{text}</span>
      {paused && <span className="chip warn">{t('jobs.paused')}</span>}
      {!paused && time !== undefined && !settings.trigger?.table_update && (
        <span>{t('jobs.nextRun', { time: new Date(time).toLocaleString(i18n.language) })}</span>
      )}
      <button
        type="button"
        className="button"
        disabled={change.isPending}
        aria-label={t(paused ? 'jobs.resumeName' : 'jobs.pauseName', { name })}
        onClick={() => change.mutate()}
      >
        {t(paused ? 'jobs.resume' : 'jobs.pause')}
      </button>
      {change.isError && <Failure error={change.error} />}
    </div>
  )
}

function describe({ schedule, trigger }: JobSettings, t: TFunction): string | undefined {
  if (schedule)
    return t('jobs.schedule', { cron: schedule.quartz_cron_expression, zone: schedule.timezone_id })
  if (trigger?.periodic) {
    const { interval, unit } = trigger.periodic
    return t('jobs.every', { interval, unit: t(`jobs.unit.${unit}`) })
  }
  return trigger?.table_update && t('jobs.onTables', { tables: trigger.table_update.table_names.join(', ') })
}
