import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { RequestError } from '../api/http.js'
import { purgeRuns } from '../api/run-changes.js'
import { deleteRun, type RunInfo } from '../api/runs.js'
import { runName } from '../runs/row.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { useRunChanged } from './use-run-changed.js'

interface DeleteProps {
  readonly info: RunInfo
  readonly onClose: () => void
}

/** Marks a run as deleted; it can be restored. */
export function DeleteRun({ info, onClose }: DeleteProps) {
  const { t } = useTranslation()
  const changed = useRunChanged(info)
  const action = useMutation({
    mutationFn: () => deleteRun(info.run_id),
    onSuccess: async () => {
      await changed()
      onClose()
    },
  })
  return (
    <ConfirmDialog
      title={t('edit.deleteRun', { name: runName(info) })}
      action={t('edit.delete')}
      request={action}
      onConfirm={() => action.mutate()}
      onClose={onClose}
    >
      {t('edit.deleteRunHelp')}
    </ConfirmDialog>
  )
}

/** Deletes a run permanently, and opens its experiment. */
export function PurgeRun({ info, onClose }: DeleteProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { run_id, experiment_id } = info
  const action = useMutation({
    mutationFn: async () => {
      const [kept] = await purgeRuns([run_id])
      if (kept) throw new RequestError(409, 'KEPT', kept.reason)
    },
    onSuccess: () => navigate({ to: '/experiments/$experimentId', params: { experimentId: experiment_id } }),
  })
  return (
    <ConfirmDialog
      title={t('edit.purgeRun', { name: runName(info) })}
      action={t('edit.purge')}
      typed={runName(info)}
      request={action}
      onConfirm={() => action.mutate()}
      onClose={onClose}
    >
      {t('edit.purgeRunHelp')}
    </ConfirmDialog>
  )
}
