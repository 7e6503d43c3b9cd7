import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RunMark } from '../api/jobs.js'
import { formatDuration } from '../i18n/format.js'
import { StatusMark } from '../ui/status.js'
import { toneOf, useStateText } from './job-state.js'

/** The last runs of a job as marks that link to them, the newest on the right. */
export function RunMarks({ job, runs }: { job: string; runs: readonly RunMark[] }) {
  const { t } = useTranslation()
  if (runs.length === 0) return <span className="muted">{t('jobs.neverRan')}</span>
  return (
    <ol className="run-marks" aria-label={t('jobs.lastRunsOf', { name: job })}>
      {runs.toReversed().map((run) => (
        <li key={run.run_id}>
          <Mark run={run} />
        </li>
      ))}
    </ol>
  )
}

function Mark({ run }: { run: RunMark }) {
  const text = useRunText()(run)
  return (
    <Link
      to="/jobs/runs/$runId"
      params={{ runId: String(run.run_id) }}
      aria-label={text}
      title={text}
      preload={false}
    >
      <StatusMark tone={toneOf(run.state, run.result)} />
    </Link>
  )
}

/** `Run 12: Succeeded, 3.2 s` */
export function useRunText() {
  const { t } = useTranslation()
  const stateText = useStateText()
  return (run: RunMark) =>
    [
      t('jobs.runNumber', { number: run.number_in_job }),
      `${stateText(run.state, run.result)}${durationText(run)}`,
    ].join(': ')
}

const durationText = (run: RunMark) => (run.ended_at ? `, ${formatDuration(durationOf(run))}` : '')

/** Milliseconds from the start to the end, or to now; 0 before the start. */
export const durationOf = ({ started_at, ended_at }: Pick<RunMark, 'started_at' | 'ended_at'>) =>
  started_at === undefined ? 0 : (ended_at ?? Date.now()) - started_at
