import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobRun, JobRunProgress } from '../api/jobs.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { JobState } from './job-state.js'
import { durationOf } from './run-marks.js'

const TRIGGERS = [
  'ONE_TIME',
  'PERIODIC',
  'RETRY',
  'RUN_JOB_TASK',
  'TABLE',
  'FILE_ARRIVAL',
  'CONTINUOUS',
] as const

/** The principal or trigger that started a run, its times, parameters and repairs. */
export function RunFacts({ run, progress }: { run: JobRun; progress: JobRunProgress }) {
  const { t } = useTranslation()
  const format = useFormat()
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('jobs.startedBy'), run.creator_user_name],
    [t('jobs.startedWhy'), <Why key="why" run={run} />],
    [t('column.start_time'), <time key="start">{format.time(run.start_time)}</time>],
    [t('column.duration'), progress.started_at ? formatDuration(durationOf(progress)) : '–'],
    [t('jobs.queued'), run.queue_duration >= 1_000 && formatDuration(run.queue_duration)],
    [t('jobs.parameters'), <Parameters key="parameters" run={run} />],
    [
      t('jobs.resumedFrom'),
      run.resumed_from_run_id && <Resumed key="resumed" id={run.resumed_from_run_id} />,
    ],
    [t('jobs.repairs'), run.repair_history && <Repairs key="repairs" history={run.repair_history} />],
  ]
  return (
    <section className="panel" aria-label={t('jobs.details')}>
      <dl className="body run-facts">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt className="label">{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </section>
  )
}

function Why({ run }: { run: JobRun }) {
  const { t } = useTranslation()
  const known = TRIGGERS.find((trigger) => trigger === run.trigger)
  const text = known ? t(`triggerType.${known}`) : run.trigger
  if (!run.trigger_info) return text
  return (
    <Link to="/jobs/runs/$runId" params={{ runId: String(run.trigger_info.run_id) }}>
      {text}
    </Link>
  )
}

function Resumed({ id }: { id: number }) {
  const { t } = useTranslation()
  return (
    <Link to="/jobs/runs/$runId" params={{ runId: String(id) }}>
      {t('jobs.originRun', { id })}
    </Link>
  )
}

function Parameters({ run }: { run: JobRun }) {
  const { job_parameters = [] } = run
  if (job_parameters.length === 0) return '–'
  return (
    <ul className="chips">
      {job_parameters.map(({ name, value, default: usual }) => (
        <li key={name} className={value === usual ? 'chip' : 'chip accent'}>
          {name} = {value || "''"}
        </li>
      ))}
    </ul>
  )
}

/** The original run and each repair, with its end. */
function Repairs({ history }: { history: NonNullable<JobRun['repair_history']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ol className="repairs">
      {history.map((entry, index) => (
        <li key={entry.id ?? 'original'}>
          {entry.type === 'ORIGINAL' ? t('jobs.original') : t('jobs.repairNumber', { number: index })}{' '}
          <JobState state={entry.state.life_cycle_state} result={entry.state.result_state} />{' '}
          <span className="muted">{format.ago(entry.start_time)}</span>
        </li>
      ))}
    </ol>
  )
}
