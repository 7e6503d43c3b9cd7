import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Securable, updateSecurable } from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { isSame, propertiesOf, textOfProperties } from './properties-text.js'
import { canManageQuery } from './queries.js'

interface EditDetailsProps {
  readonly securable: Securable
  readonly comment: string
  /** Undefined for volumes, which have none. */
  readonly properties: Readonly<Record<string, string>> | undefined
}

/** Changes the comment and the properties of an object that the caller manages. */
export function EditDetails(props: EditDetailsProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const manages = useQuery(canManageQuery(props.securable))
  if (!manages.data) return null
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="edit" />
        {t(props.properties ? 'catalog.editDetails' : 'catalog.editComment')}
      </button>
      {open && <EditDialog {...props} onClose={() => setOpen(false)} />}
    </div>
  )
}

function EditDialog({ securable, comment, properties, onClose }: EditDetailsProps & { onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: async (form: FormData) => {
      const changed = propertiesOf(String(form.get('properties') ?? ''))
      if (!changed) throw new Error(t('catalog.propertiesUnread'))
      await updateSecurable(securable, {
        comment: String(form.get('comment')),
        ...(properties && !isSame(changed, properties) && { properties: changed }),
      })
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: queryKeys.securable(securable.type, securable.name) })
      onClose()
    },
  })
  return (
    <FormDialog
      title={t(properties ? 'catalog.editDetails' : 'catalog.editComment')}
      onClose={onClose}
      action={t('jobForm.save')}
      request={save}
      onSubmit={(fields) => save.mutate(fields)}
    >
      <FormField label={t('catalog.comment')}>
        {(attributes) => (
          <textarea {...attributes} className="input" name="comment" rows={4} defaultValue={comment} />
        )}
      </FormField>
      {properties && (
        <FormField label={t('catalog.properties')} hint={t('catalog.propertiesHint')}>
          {(attributes) => (
            <textarea
              {...attributes}
              className="input mono"
              name="properties"
              rows={4}
              spellCheck={false}
              defaultValue={textOfProperties(properties)}
            />
          )}
        </FormField>
      )}
    </FormDialog>
  )
}
