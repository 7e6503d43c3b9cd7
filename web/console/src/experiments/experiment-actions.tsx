import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AlertRulesButton } from '../alerts/rules-button.js'
import { deleteExperiment, renameExperiment, restoreExperiment } from '../api/experiment-changes.js'
import type { Experiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { useMay, useMayEditExperiment } from '../permissions/use-may.js'
import { ActionMenu, type MenuAction } from '../ui/action-menu.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { Icon } from '../ui/icon.js'
import { NameDialog } from '../ui/name-dialog.js'
import { ExperimentAbout } from './experiment-about.js'

const MAX_NAME = 500

type Open = 'about' | 'rename' | 'delete'

/** Description, tags, name and deletion of an experiment; readers see the first two. */
export function ExperimentActions({ experiment }: { experiment: Experiment }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [open, setOpen] = useState<Open>()
  const id = experiment.experiment_id
  const mayEdit = useMayEditExperiment(id)
  const mayDelete = useMay({ securable_type: 'experiment', full_name: id }, 'MANAGE')
  const close = () => setOpen(undefined)
  const changed = () => {
    for (const queryKey of [queryKeys.experiment(id), queryKeys.experiments()])
      void queries.invalidateQueries({ queryKey })
  }
  const deleted = experiment.lifecycle_stage === 'deleted'
  const restore = useMutation({ mutationFn: () => restoreExperiment(id), onSuccess: changed })
  const actions: MenuAction[] = deleted
    ? []
    : [
        ...(mayEdit
          ? [{ label: t('edit.rename'), icon: 'edit', onChoose: () => setOpen('rename') } as const]
          : []),
        ...(mayDelete && id !== '0'
          ? [
              {
                label: t('edit.delete'),
                icon: 'trash',
                danger: true,
                onChoose: () => setOpen('delete'),
              } as const,
            ]
          : []),
      ]
  return (
    <>
      {deleted && mayDelete && (
        <button
          type="button"
          className="button primary"
          disabled={restore.isPending}
          onClick={() => restore.mutate()}
        >
          <Icon name="restore" />
          {t('runs.restore')}
        </button>
      )}
      <button type="button" className="button" onClick={() => setOpen('about')}>
        <Icon name="info" />
        {t('edit.about')}
      </button>
      {!deleted && <AlertRulesButton object={{ type: 'experiment', id }} />}
      <ActionMenu actions={actions} />
      {open === 'about' && (
        <ExperimentAbout
          experiment={experiment}
          mayEdit={mayEdit && !deleted}
          onChanged={changed}
          onClose={close}
        />
      )}
      {open === 'rename' && (
        <NameDialog
          title={t('edit.renameExperiment')}
          name={experiment.name}
          maxLength={MAX_NAME}
          rename={(name) => renameExperiment(id, name)}
          onRenamed={changed}
          onClose={close}
        />
      )}
      {open === 'delete' && <DeleteExperiment experiment={experiment} onDeleted={changed} onClose={close} />}
    </>
  )
}

interface DeleteExperimentProps {
  readonly experiment: Experiment
  readonly onDeleted: () => void
  readonly onClose: () => void
}

function DeleteExperiment({ experiment, onDeleted, onClose }: DeleteExperimentProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const action = useMutation({
    mutationFn: () => deleteExperiment(experiment.experiment_id),
    onSuccess: async () => {
      onDeleted()
      await navigate({ to: '/experiments' })
    },
  })
  return (
    <ConfirmDialog
      title={t('edit.deleteExperiment', { name: experiment.name })}
      action={t('edit.delete')}
      typed={experiment.name}
      request={action}
      onConfirm={() => action.mutate()}
      onClose={onClose}
    >
      {t('edit.deleteExperimentHelp')}
    </ConfirmDialog>
  )
}
