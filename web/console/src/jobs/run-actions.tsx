import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cancelRun, deleteRun, type JobRun, type JobRunProgress } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { RepairDialog } from './repair-dialog.js'
import { ResumeRun } from './resume-run.js'

interface RunActionsProps {
  readonly progress: JobRunProgress
  readonly run: JobRun | undefined
}

/** Cancels an active run; repairs, resumes or deletes an ended one. Nothing for callers that may only look. */
export function RunActions({ progress, run }: RunActionsProps) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<'cancel' | 'repair' | 'resume' | 'delete'>()
  const refresh = useRefresh(progress.run_id)
  const isEnded = progress.result !== undefined || progress.state === 'SKIPPED'
  const close = () => setDialog(undefined)
  if (progress.permission_level === 'CAN_VIEW') return null
  return (
    <>
      {!isEnded && (
        <button
          type="button"
          className="button danger"
          disabled={progress.state === 'TERMINATING'}
          onClick={() => setDialog('cancel')}
        >
          {t('jobs.cancel')}
        </button>
      )}
      {isEnded && progress.permission_level === 'CAN_MANAGE' && (
        <button type="button" className="button" onClick={() => setDialog('delete')}>
          <Icon name="trash" />
          {t('jobs.deleteRun')}
        </button>
      )}
      {progress.state === 'TERMINATED' && run?.job_id !== undefined && progress.result !== 'SUCCESS' && (
        <button type="button" className="button" onClick={() => setDialog('resume')}>
          <Icon name="play" size={13} />
          {t('jobs.resumeRun')}
        </button>
      )}
      {progress.state === 'TERMINATED' && (
        <button type="button" className="button" onClick={() => setDialog('repair')}>
          <Icon name="restore" />
          {t('jobs.repair')}
        </button>
      )}
      {dialog === 'cancel' && (
        <ConfirmAction
          title={t('jobs.cancel')}
          action={t('jobs.cancel')}
          confirm={() => cancelRun(progress.run_id).finally(refresh)}
          onClose={close}
        >
          <p>{t('jobs.cancelHelp')}</p>
        </ConfirmAction>
      )}
      {dialog === 'repair' && <RepairDialog progress={progress} run={run} onDone={refresh} onClose={close} />}
      {dialog === 'resume' && <ResumeRun jobId={run!.job_id!} runId={progress.run_id} onClose={close} />}
      {dialog === 'delete' && <DeleteRun runId={progress.run_id} jobId={run?.job_id} onClose={close} />}
    </>
  )
}

function useRefresh(runId: number) {
  const queries = useQueryClient()
  return async () => {
    for (const queryKey of [queryKeys.jobProgress(String(runId)), queryKeys.jobRun(String(runId))])
      await queries.invalidateQueries({ queryKey })
  }
}

interface DeleteRunProps {
  readonly runId: number
  readonly jobId: number | undefined
  readonly onClose: () => void
}

function DeleteRun({ runId, jobId, onClose }: DeleteRunProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = async () => {
    await deleteRun(runId)
    await (jobId === undefined
      ? navigate({ to: '/jobs', search: { tab: 'runs' } })
      : navigate({ to: '/jobs/$jobId', params: { jobId: String(jobId) } }))
  }
  return (
    <ConfirmAction
      title={t('jobs.deleteRun')}
      action={t('jobs.deleteRun')}
      confirm={remove}
      onClose={onClose}
    >
      <p>{t('jobs.deleteRunHelp')}</p>
    </ConfirmAction>
  )
}
