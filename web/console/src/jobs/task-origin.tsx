import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RunTask } from '../api/jobs.js'

/** Why a task did not run: its result is that of another run, to which the text links. */
export function TaskOrigin({ origin }: { origin: NonNullable<RunTask['origin']> }) {
  const { t } = useTranslation()
  return (
    <span className="task-origin">
      <span className="chip">{t(origin.kind === 'RESUMED' ? 'jobs.resumed' : 'jobs.cached')}</span>{' '}
      <Link to="/jobs/runs/$runId" params={{ runId: String(origin.task_run_id) }}>
        {t('jobs.originRun', { id: origin.run_id })}
      </Link>
    </span>
  )
}
