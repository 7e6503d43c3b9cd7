import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AlertRulesButton } from '../alerts/rules-button.js'
import { deleteJob, type Job } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { Failure } from '../ui/states.js'
import { exportJob } from './export-job.js'
import { mayCreateJobQuery } from './job-queries.js'
import { RunDialog } from './run-dialog.js'
import { useStartRun } from './use-job-actions.js'

/** The actions that the level of the caller allows. */
export function JobActions({ job }: { job: Job }) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<'run' | 'delete'>()
  const start = useStartRun(job.job_id)
  const level = job.permission_level ?? 'CAN_VIEW'
  const jobId = String(job.job_id)
  const close = () => setDialog(undefined)
  return (
    <>
      <AlertRulesButton object={{ type: 'job', id: jobId }} />
      <PermissionsButton object={{ kind: 'job', id: jobId }} />
      {level === 'CAN_MANAGE' && (
        <Link className="button" to="/jobs/$jobId/edit" params={{ jobId }}>
          <Icon name="edit" />
          {t('jobs.edit')}
        </Link>
      )}
      {level !== 'CAN_VIEW' && (
        <>
          <button type="button" className="button" onClick={() => setDialog('run')}>
            {t('jobs.runWithParameters')}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={start.isPending}
            onClick={() => start.mutate({})}
          >
            <Icon name="play" size={13} />
            {t('jobs.runNow')}
          </button>
        </>
      )}
      <MoreActions job={job} {...(level === 'CAN_MANAGE' && { onDelete: () => setDialog('delete') })} />
      {start.isError && dialog !== 'run' && <Failure error={start.error} />}
      {dialog === 'run' && <RunDialog job={job} start={start} onClose={close} />}
      {dialog === 'delete' && <DeleteJob job={job} onClose={close} />}
    </>
  )
}

function MoreActions({ job, onDelete }: { job: Job; onDelete?: () => void }) {
  const { t } = useTranslation()
  const mayCreate = useQuery(mayCreateJobQuery).data
  return (
    <Popover className="button icon-only" name={t('jobs.more')} align="end" label={<Icon name="more" />}>
      {(close) => (
        <div className="menu-list">
          {mayCreate && (
            <Link className="button ghost" to="/jobs/new" search={{ from: String(job.job_id) }}>
              <Icon name="copy" />
              {t('jobs.clone')}
            </Link>
          )}
          {(['yaml', 'json'] as const).map((format) => (
            <button
              key={format}
              type="button"
              className="button ghost"
              onClick={() => {
                void exportJob(job, format)
                close()
              }}
            >
              <Icon name="download" />
              {t('jobs.exportAs', { format: format.toUpperCase() })}
            </button>
          ))}
          {onDelete && (
            <button
              type="button"
              className="button ghost danger"
              onClick={() => {
                close()
                onDelete()
              }}
            >
              <Icon name="trash" />
              {t('jobs.delete')}
            </button>
          )}
        </div>
      )}
    </Popover>
  )
}

function DeleteJob({ job, onClose }: { job: Job; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const name = job.settings.name || String(job.job_id)
  const remove = async () => {
    await deleteJob(job.job_id)
    void queries.invalidateQueries({ queryKey: queryKeys.jobs() })
    await navigate({ to: '/jobs' })
  }
  return (
    <ConfirmAction
      title={t('jobs.deleteName', { name })}
      action={t('jobs.delete')}
      confirm={remove}
      onClose={onClose}
    >
      <p>{t('jobs.deleteHelp')}</p>
    </ConfirmAction>
  )
}
