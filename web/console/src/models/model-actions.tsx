import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteModel, deleteVersion, renameModel } from '../api/model-changes.js'
import { queryKeys } from '../api/query-keys.js'
import { useMay, useMayEditModel } from '../permissions/use-may.js'
import { ActionMenu, type MenuAction } from '../ui/action-menu.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { NameDialog } from '../ui/name-dialog.js'

export const MAX_NAME = 250

/** Renames and deletes a registered model; nothing for readers. */
export function ModelActions({ name }: { name: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [open, setOpen] = useState<'rename' | 'delete'>()
  const mayEdit = useMayEditModel(name)
  const mayDelete = useMay({ securable_type: 'registered_model', full_name: name }, 'MANAGE')
  const close = () => setOpen(undefined)
  const remove = useMutation({
    mutationFn: () => deleteModel(name),
    onSuccess: async () => {
      await navigate({ to: '/models' })
      await queries.invalidateQueries({ queryKey: queryKeys.models() })
    },
  })
  const actions: MenuAction[] = []
  if (mayEdit) actions.push({ label: t('edit.rename'), icon: 'edit', onChoose: () => setOpen('rename') })
  if (mayDelete)
    actions.push({ label: t('edit.delete'), icon: 'trash', danger: true, onChoose: () => setOpen('delete') })
  return (
    <>
      <ActionMenu actions={actions} />
      {open === 'rename' && (
        <NameDialog
          title={t('edit.renameModel')}
          name={name}
          maxLength={MAX_NAME}
          rename={(next) => renameModel(name, next)}
          onRenamed={(next) => void navigate({ to: '/models/$name', params: { name: next }, replace: true })}
          onClose={close}
        />
      )}
      {open === 'delete' && (
        <ConfirmDialog
          title={t('edit.deleteModel', { name })}
          action={t('edit.delete')}
          typed={name}
          request={remove}
          onConfirm={() => remove.mutate()}
          onClose={close}
        >
          {t('edit.deleteModelHelp')}
        </ConfirmDialog>
      )}
    </>
  )
}

interface VersionActionsProps {
  readonly name: string
  readonly version: string
  readonly aliases: readonly string[]
}

/** Deletes a version; nothing for readers. */
export function VersionActions({ name, version, aliases }: VersionActionsProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [deleting, setDeleting] = useState(false)
  const mayEdit = useMayEditModel(name)
  const remove = useMutation({
    mutationFn: () => deleteVersion(name, version),
    onSuccess: async () => {
      await navigate({ to: '/models/$name', params: { name } })
      for (const queryKey of [queryKeys.versions(name), queryKeys.model(name)])
        void queries.invalidateQueries({ queryKey })
    },
  })
  const lost = aliases.map((alias) => `@${alias}`).join(', ')
  return (
    <>
      <ActionMenu
        actions={
          mayEdit
            ? [{ label: t('edit.delete'), icon: 'trash', danger: true, onChoose: () => setDeleting(true) }]
            : []
        }
      />
      {deleting && (
        <ConfirmDialog
          title={t('edit.deleteVersion', { name, version })}
          action={t('edit.delete')}
          request={remove}
          onConfirm={() => remove.mutate()}
          onClose={() => setDeleting(false)}
        >
          <p>{t('edit.deleteVersionHelp')}</p>
          {lost && <p>{t('edit.deleteAliases', { aliases: lost })}</p>}
        </ConfirmDialog>
      )}
    </>
  )
}
