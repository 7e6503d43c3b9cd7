import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { runNow } from '../api/jobs.js'
import { ConfirmAction } from '../ui/confirm-action.js'

interface ResumeRunProps {
  readonly jobId: number
  readonly runId: number
  readonly onClose: () => void
}

/** Starts a new run of the job that takes over the tasks that succeeded in an ended one, and shows it. */
export function ResumeRun({ jobId, runId, onClose }: ResumeRunProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const resume = async () => {
    const { run_id } = await runNow(jobId, { resume_from_run_id: runId })
    await navigate({ to: '/jobs/runs/$runId', params: { runId: String(run_id) } })
  }
  return (
    <ConfirmAction
      title={t('jobs.resumeRun')}
      action={t('jobs.resumeRun')}
      confirm={resume}
      isDestructive={false}
      onClose={onClose}
    >
      <p>{t('jobs.resumeRunHelp')}</p>
    </ConfirmAction>
  )
}
