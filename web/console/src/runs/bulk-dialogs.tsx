import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setRunTag } from '../api/run-changes.js'
import { deleteRun } from '../api/runs.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure } from '../ui/states.js'
import { forEachRun, invalidateRuns } from './bulk.js'

interface BulkDialogProps {
  readonly ids: readonly string[]
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Sets a tag of the selected runs. */
export function TagDialog({ ids, onDone, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  const set = useBulk((id) => setRunTag(id, key.trim(), value), ids, onDone)
  const field = (label: string, text: string, change: (text: string) => void, isRequired: boolean) => (
    <FormField label={label}>
      {(attributes) => (
        <input
          {...attributes}
          className="input"
          value={text}
          required={isRequired}
          maxLength={isRequired ? 250 : 5000}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </FormField>
  )
  return (
    <Dialog title={t('bulk.tagTitle', { count: ids.length })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          set.mutate()
        }}
      >
        {field(t('bulk.tagKey'), key, setKey, true)}
        {field(t('bulk.tagValue'), value, setValue, false)}
        {set.isError && <Failure error={set.error} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={set.isPending || key.trim() === ''}>
            {t('bulk.tagIt')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Deletes the selected runs after a confirmation. They can be restored. */
export function DeleteRunsDialog({ ids, onDone, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const remove = useBulk(deleteRun, ids, onDone)
  return (
    <ConfirmDialog
      title={t('bulk.deleteTitle', { count: ids.length })}
      action={t('runs.delete')}
      busy={remove.isPending}
      error={remove.error}
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
