import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createCatalog, createSchema, createVolume, type Securable } from '../api/catalog.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { fieldText } from '../ui/field-text.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { NameField } from '../ui/name-field.js'
import { listKeyOf, mayCreateInQuery } from './queries.js'
import { pageOf } from './securable.js'

/** Creates a catalog, a schema in a catalog, or a volume in a schema. Nothing for callers that may not. */
export function CreateSecurable({ parent }: { parent?: Securable }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const mayCreate = useQuery(mayCreateInQuery(parent))
  if (!mayCreate.data) return null
  const type = createdIn(parent)
  const title = t(`catalog.create.${type}`)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {title}
      </button>
      {open && <CreateDialog {...{ title, type, parent }} onClose={() => setOpen(false)} />}
    </>
  )
}

type CreatedType = 'catalog' | 'schema' | 'volume'

function createdIn(parent: Securable | undefined): CreatedType {
  if (!parent) return 'catalog'
  return parent.type === 'catalog' ? 'schema' : 'volume'
}

function create(parent: Securable | undefined, name: string, comment: string): Promise<unknown> {
  if (!parent) return createCatalog(name, comment)
  return parent.type === 'catalog'
    ? createSchema(parent.name, name, comment)
    : createVolume(parent.name, name, comment)
}

interface CreateDialogProps {
  readonly title: string
  readonly type: CreatedType
  readonly parent: Securable | undefined
  readonly onClose: () => void
}

function CreateDialog({ title, type, parent, onClose }: CreateDialogProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const creation = useMutation({
    mutationFn: ({ name, comment }: { name: string; comment: string }) => create(parent, name, comment),
    onSuccess: async (_, { name }) => {
      onClose()
      const created = { type, name: parent ? `${parent.name}.${name}` : name }
      await queries.invalidateQueries({ queryKey: listKeyOf(created) })
      await navigate(pageOf(created))
    },
  })
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      action={t('common.create')}
      request={creation}
      failure={null}
      onSubmit={(fields) =>
        creation.mutate({ name: fieldText(fields, 'name'), comment: fieldText(fields, 'comment') })
      }
    >
      <NameField
        label={t('catalog.name')}
        problem={creation.isError ? <ErrorMessage error={creation.error} /> : undefined}
        maxLength={255}
      />
      <FormField label={t('catalog.comment')}>
        {(attributes) => <textarea {...attributes} className="input" name="comment" rows={3} />}
      </FormField>
    </FormDialog>
  )
}
