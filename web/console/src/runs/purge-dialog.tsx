import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type KeptRun, purgeRuns } from '../api/run-changes.js'
import { Dialog } from '../ui/dialog.js'
import { SubmitForm } from '../ui/submit-form.js'
import { invalidateRuns } from './bulk.js'

interface PurgeDialogProps {
  readonly ids: readonly string[]
  /** Receives the runs that were kept. */
  readonly onDone: (kept: readonly string[]) => void
  readonly onClose: () => void
}

/** Deletes the selected runs and their files permanently, after a confirmation. Lists the runs that were kept, with reasons. */
export function PurgeDialog({ ids, onDone, onClose }: PurgeDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const purge = useMutation({
    mutationFn: () => purgeRuns(ids),
    onSuccess: (kept) => {
      if (kept.length === 0) onDone([])
    },
    onSettled: () => invalidateRuns(queries),
  })
  const kept = purge.data ?? []
  const close = () => (kept.length > 0 ? onDone(kept.map(({ run_id }) => run_id)) : onClose())
  return (
    <Dialog title={t('bulk.purgeTitle', { count: ids.length })} onClose={close}>
      {kept.length > 0 ? (
        <NotPurged items={kept} onClose={close} />
      ) : (
        <SubmitForm
          action={t('bulk.purgeIt')}
          request={purge}
          isDanger
          onSubmit={() => purge.mutate()}
          onCancel={close}
        >
          <p>{t('bulk.purgeHelp')}</p>
        </SubmitForm>
      )}
    </Dialog>
  )
}

function NotPurged({ items, onClose }: { items: readonly KeptRun[]; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="stack">
      <p>{t('bulk.kept', { count: items.length })}</p>
      <ul>
        {items.map(({ run_id, reason }) => (
          <li key={run_id}>
            {run_id}: {reason}
          </li>
        ))}
      </ul>
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t('common.close')}
        </button>
      </div>
    </div>
  )
}
