import { useTranslation } from 'react-i18next'
import type { RunStatus } from '../api/runs.js'
import { Status, StatusMark, type Tone } from '../ui/status.js'

const TONE: Record<RunStatus, Tone> = {
  RUNNING: 'running',
  SCHEDULED: 'waiting',
  FINISHED: 'ok',
  FAILED: 'bad',
  KILLED: 'stopped',
}

export function RunStatusText({ status }: { status: RunStatus }) {
  const { t } = useTranslation()
  return <Status tone={TONE[status]}>{t(`status.${status}`)}</Status>
}

/** The icon, with the status as text for screen readers. */
export function RunStatusMark({ status }: { status: RunStatus }) {
  const { t } = useTranslation()
  return (
    <span className="status-mark" title={t(`status.${status}`)}>
      <StatusMark tone={TONE[status]} />
      <span className="visually-hidden">{t(`status.${status}`)}</span>
    </span>
  )
}
