import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { JobSummary } from '../api/jobs.js'
import { useFormat } from '../i18n/format.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { hasNextTime, hasTrigger, isPaused } from './job-settings.js'
import { JobState } from './job-state.js'
import { RunMarks } from './run-marks.js'
import { triggerText } from './trigger-text.js'
import { usePause, useStartRun } from './use-job-actions.js'

interface JobRowProps {
  readonly job: JobSummary
  readonly index: number
  readonly measure: (element: HTMLTableRowElement | null) => void
}

export function JobRow({ job, index, measure }: JobRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = job.name || t('jobs.job', { id: job.job_id })
  const [last] = job.runs
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2}>
      <th scope="row">
        <Link to="/jobs/$jobId" params={{ jobId: String(job.job_id) }}>
          {name}
        </Link>
        <p className="muted truncate">
          {job.creator_user_name}
          {Object.entries(job.tags ?? {}).map(([key, value]) => (
            <span key={key} className="chip">
              {value ? `${key}: ${value}` : key}
            </span>
          ))}
        </p>
      </th>
      <td>
        <RunMarks job={name} runs={job.runs} />
      </td>
      <td className="state-column">
        {last && (
          <>
            <JobState state={last.state} result={last.result} />
            <p className="muted">{format.ago(last.start_time)}</p>
          </>
        )}
      </td>
      <td className="trigger-column">
        <RowTrigger job={job} />
      </td>
      <td>
        <RowActions job={job} name={name} />
      </td>
    </tr>
  )
}

function RowTrigger({ job }: { job: JobSummary }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = triggerText(job, t, format.language)
  if (text === undefined) return <span className="muted">{t('jobs.onRequest')}</span>
  const next = hasNextTime(job) ? job.next_run_time : undefined
  return (
    <>
      {text}
      <p className="muted">
        {isPaused(job) ? (
          <span className="chip warn">{t('jobs.paused')}</span>
        ) : (
          next !== undefined && (
            <time title={format.time(next)}>{t('jobs.nextRun', { time: format.ago(next) })}</time>
          )
        )}
      </p>
    </>
  )
}

function RowActions({ job, name }: { job: JobSummary; name: string }) {
  const { t } = useTranslation()
  const start = useStartRun(job.job_id)
  const pause = usePause(job.job_id, job)
  const paused = isPaused(job)
  const problem = start.error ?? pause.error
  return (
    <div className="row-actions">
      {job.permission_level === 'CAN_MANAGE' && hasTrigger(job) && (
        <button
          type="button"
          className="button ghost icon-only"
          disabled={pause.isPending}
          aria-label={t(paused ? 'jobs.resumeName' : 'jobs.pauseName', { name })}
          title={t(paused ? 'jobs.resume' : 'jobs.pause')}
          onClick={() => pause.mutate()}
        >
          <Icon name={paused ? 'clock' : 'pause'} />
        </button>
      )}
      {job.permission_level !== 'CAN_VIEW' && (
        <button
          type="button"
          className="button ghost icon-only"
          disabled={start.isPending}
          aria-label={t('jobs.runNowName', { name })}
          title={t('jobs.runNow')}
          onClick={() => start.mutate({})}
        >
          <Icon name="play" />
        </button>
      )}
      {problem && (
        <span className="problem" role="alert">
          <ErrorMessage error={problem} />
        </span>
      )}
    </div>
  )
}
