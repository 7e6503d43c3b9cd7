import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { Icon } from '../ui/icon.js'
import { AddTag, TagValue } from './tag-forms.js'
import './tags.css'

export interface TagChanges {
  readonly set: (key: string, value: string) => Promise<unknown>
  readonly remove: (key: string) => Promise<unknown>
}

interface TagsPanelProps {
  readonly tags: readonly (readonly [key: string, value: string])[]
  /** Undefined for readers. */
  readonly changes: TagChanges | undefined
}

/** Tags of an object, sorted by key. Those who may edit it add, change and delete them. */
export function TagsPanel({ tags, changes }: TagsPanelProps) {
  const { t } = useTranslation()
  const heading = useId()
  const sorted = [...tags].sort(([a], [b]) => a.localeCompare(b))
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('kind.tags')}</h2>
        <span className="muted">{tags.length || ''}</span>
      </header>
      <div className="body stack">
        {sorted.length === 0 && <p className="muted">{t('run.noTags')}</p>}
        {sorted.length > 0 && (
          <ul className="tags">
            {sorted.map(([key, value]) => (
              <Tag key={key} name={key} value={value} changes={changes} />
            ))}
          </ul>
        )}
        {changes && <AddTag keys={tags.map(([key]) => key)} set={changes.set} />}
      </div>
    </section>
  )
}

interface TagProps {
  readonly name: string
  readonly value: string
  readonly changes: TagChanges | undefined
}

function Tag({ name, value, changes }: TagProps) {
  const { t } = useTranslation()
  const [mode, setMode] = useState<'edit' | 'delete'>()
  const close = () => setMode(undefined)
  return (
    <li>
      <span className="key">{name}</span>
      {mode === 'edit' && changes ? (
        <TagValue name={name} value={value} set={changes.set} onClose={close} />
      ) : (
        <span className="value mono">{value || '–'}</span>
      )}
      {changes && mode !== 'edit' && (
        <span className="tools">
          <button
            type="button"
            className="button ghost small icon-only"
            aria-label={t('tags.edit', { name })}
            onClick={() => setMode('edit')}
          >
            <Icon name="edit" size={14} />
          </button>
          <button
            type="button"
            className="button ghost small icon-only"
            aria-label={t('tags.delete', { name })}
            onClick={() => setMode('delete')}
          >
            <Icon name="trash" size={14} />
          </button>
        </span>
      )}
      {mode === 'delete' && changes && <DeleteTag name={name} remove={changes.remove} onClose={close} />}
    </li>
  )
}

interface DeleteTagProps {
  readonly name: string
  readonly remove: TagChanges['remove']
  readonly onClose: () => void
}

function DeleteTag({ name, remove, onClose }: DeleteTagProps) {
  const { t } = useTranslation()
  const action = useMutation({ mutationFn: () => remove(name), onSuccess: onClose })
  return (
    <ConfirmDialog
      title={t('tags.delete', { name })}
      action={t('edit.delete')}
      request={action}
      onConfirm={() => action.mutate()}
      onClose={onClose}
    >
      {t('tags.deleteHelp')}
    </ConfirmDialog>
  )
}
