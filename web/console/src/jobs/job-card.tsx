import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Job, runNow } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { JobEditor } from './job-editor.js'
import { JobTrigger } from './job-trigger.js'
import { RunDialog } from './run-dialog.js'

export function JobCard({ job }: { job: Job }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [dialog, setDialog] = useState<'edit' | 'run'>()
  const close = () => setDialog(undefined)
  const start = useMutation({
    mutationFn: (parameters?: Record<string, string>) => runNow(job.job_id, parameters),
    onSuccess: async ({ run_id }) => {
      void queries.invalidateQueries({ queryKey: queryKeys.jobRuns() })
      await navigate({ to: '/jobs/runs/$runId', params: { runId: String(run_id) } })
    },
  })
  const name = job.settings.name || t('jobs.job', { id: job.job_id })
  const hasParameters = (job.settings.parameters ?? []).length > 0
  return (
    <li className="panel">
      <div>
        <strong>{name}</strong>
        <p className="muted">
          {t('jobs.tasks', { count: job.settings.tasks?.length ?? 0 })} · {job.creator_user_name}
        </p>
        <JobTrigger job={job} name={name} />
      </div>
      <div className="actions">
        <PermissionsButton object={{ kind: 'job', id: String(job.job_id) }} name={name} />
        <button
          type="button"
          className="button"
          aria-label={t('jobs.editName', { name })}
          onClick={() => setDialog('edit')}
        >
          {t('jobs.edit')}
        </button>
        <button
          type="button"
          className="button"
          disabled={start.isPending}
          aria-label={t('jobs.runNowName', { name })}
          onClick={() => (hasParameters ? setDialog('run') : start.mutate(undefined))}
        >
          <Icon name="play" size={13} />
          {t('jobs.runNow')}
        </button>
      </div>
      {start.isError && dialog !== 'run' && <Failure error={start.error} />}
      {dialog === 'edit' && <JobEditor job={job} onClose={close} />}
      {dialog === 'run' && <RunDialog job={job} name={name} start={start} onClose={close} />}
    </li>
  )
}
