import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { RunTask } from '../api/jobs.js'

type Origin = NonNullable<RunTask['origin']>

export const originText = ({ kind }: Pick<Origin, 'kind'>, t: TFunction) =>
  t(kind === 'RESUMED' ? 'jobs.resumed' : 'jobs.cached')

/** Links to the run whose result a task took over instead of running. */
export function TaskOrigin({ origin }: { origin: Origin }) {
  const { t } = useTranslation()
  return (
    <span className="task-origin">
      <span className="chip">{originText(origin, t)}</span>{' '}
      <Link to="/jobs/runs/$runId" params={{ runId: String(origin.task_run_id) }}>
        {t('jobs.originRun', { id: origin.run_id })}
      </Link>
    </span>
  )
}
