import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { createRunView, deleteRunView, type RunView, updateRunView } from '../api/run-views.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { stateToSave } from './use-run-views.js'
import type { RunsState } from './use-runs-state.js'

const MAX_NAME = 100

interface ViewDialogProps {
  /** The view to rename; undefined to save the table as a new one. */
  readonly view: RunView | undefined
  readonly state: RunsState
  /** True if the caller may save views for everybody. */
  readonly mayEdit: boolean
  readonly onClose: () => void
}

export function ViewDialog({ view, state, mayEdit, onClose }: ViewDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { experimentId } = state
  const [name, setName] = useState(view?.name ?? '')
  const [team, setTeam] = useState(false)
  const [isDefault, setDefault] = useState(false)
  const save = useMutation({
    mutationFn: () =>
      view
        ? updateRunView(view, { name: name.trim() })
        : createRunView(team, {
            experiment_id: experimentId,
            name: name.trim(),
            state: stateToSave(state),
            is_default: isDefault,
          }),
    onSuccess: async ({ view_id }) => {
      await queries.invalidateQueries({ queryKey: queryKeys.runViews(experimentId) })
      if (!view) state.setView(view_id)
      onClose()
    },
  })
  return (
    <FormDialog
      title={view ? t('runViews.rename', { name: view.name }) : t('runViews.saveAs')}
      onClose={onClose}
      action={t(view ? 'runViews.renameIt' : 'runViews.saveIt')}
      request={save}
      isReady={name.trim() !== ''}
      onSubmit={() => save.mutate()}
    >
      <FormField label={t('runViews.name')}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            value={name}
            maxLength={MAX_NAME}
            required
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </FormField>
      {!view && (
        <>
          {mayEdit && <Check label={t('runViews.forTeam')} checked={team} onChange={setTeam} />}
          <Check label={t('runViews.asDefault')} checked={isDefault} onChange={setDefault} />
        </>
      )}
    </FormDialog>
  )
}

interface CheckProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="check-line">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}

interface DeleteViewDialogProps {
  readonly view: RunView
  readonly state: RunsState
  readonly onClose: () => void
}

export function DeleteViewDialog({ view, state, onClose }: DeleteViewDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const remove = async () => {
    await deleteRunView(view)
    await queries.invalidateQueries({ queryKey: queryKeys.runViews(state.experimentId) })
    if (state.view === view.view_id) state.setView('')
  }
  return (
    <ConfirmAction
      title={t('runViews.delete', { name: view.name })}
      action={t('runViews.deleteIt')}
      confirm={remove}
      onClose={onClose}
    >
      {t(view.team ? 'runViews.deleteTeamHelp' : 'runViews.deleteHelp')}
    </ConfirmAction>
  )
}
