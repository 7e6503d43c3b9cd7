import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deleteRun } from '../api/runs.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { forEachRun, invalidateRuns } from './bulk.js'

export interface BulkDialogProps {
  readonly ids: readonly string[]
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Deletes the selected runs after a confirmation. They can be restored. */
export function DeleteRunsDialog({ ids, onDone, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const remove = useBulk(deleteRun, ids, onDone)
  return (
    <ConfirmDialog
      title={t('bulk.deleteTitle', { count: ids.length })}
      action={t('runs.delete')}
      request={remove}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t('bulk.deleteHelp')}
    </ConfirmDialog>
  )
}

/** Applies a change to runs, then refetches their tables. */
export function useBulk(work: (id: string) => Promise<unknown>, ids: readonly string[], onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => forEachRun(ids, work),
    onSuccess: onDone,
    onSettled: () => invalidateRuns(queries),
  })
}
