import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { deleteTraces } from '../api/traces.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'

interface DeleteTracesProps {
  readonly experimentId: string
  readonly ids: readonly string[]
  readonly onDone: () => void
}

/** A bar for the selected traces, which deletes them after a confirmation. */
export function DeleteTraces({ experimentId, ids, onDone }: DeleteTracesProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  return (
    <section className="trace-selection" aria-label={t('traces.selection')}>
      <span>{t('traces.selected', { count: ids.length })}</span>
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        <Icon name="trash" />
        {t('runs.delete')}
      </button>
      <button type="button" className="button ghost" onClick={onDone}>
        {t('runs.clearSelection')}
      </button>
      {asking && (
        <ConfirmDeletion
          experimentId={experimentId}
          ids={ids}
          onDone={onDone}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}

interface ConfirmDeletionProps extends DeleteTracesProps {
  readonly onClose: () => void
}

export function ConfirmDeletion({ experimentId, ids, onDone, onClose }: ConfirmDeletionProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const remove = async () => {
    await deleteTraces(experimentId, [...ids])
    onDone()
    await queries.invalidateQueries({ queryKey: queryKeys.traces(experimentId) })
  }
  return (
    <ConfirmAction
      title={t('traces.delete', { count: ids.length })}
      action={t('runs.delete')}
      confirm={remove}
      onClose={onClose}
    >
      {t('traces.deleteHelp')}
    </ConfirmAction>
  )
}
