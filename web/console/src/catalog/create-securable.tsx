import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createCatalog, createSchema } from '../api/catalog.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { listKeyOf, mayCreateInQuery } from './queries.js'

/** Creates a catalog, or a schema in a catalog. Nothing for callers that may not. */
export function CreateSecurable({ catalog }: { catalog?: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const mayCreate = useQuery(mayCreateInQuery(catalog))
  if (!mayCreate.data) return null
  const title = t(catalog ? 'catalog.createSchema' : 'catalog.createCatalog')
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {title}
      </button>
      {open && <CreateDialog title={title} catalog={catalog} onClose={() => setOpen(false)} />}
    </>
  )
}

interface CreateDialogProps {
  readonly title: string
  readonly catalog: string | undefined
  readonly onClose: () => void
}

function CreateDialog({ title, catalog, onClose }: CreateDialogProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: ({ name, comment }: { name: string; comment: string }): Promise<unknown> =>
      catalog ? createSchema(catalog, name, comment) : createCatalog(name, comment),
    onSuccess: async (_, { name }) => {
      onClose()
      const fullName = catalog ? `${catalog}.${name}` : name
      await queries.invalidateQueries({ queryKey: listKeyOf(fullName) })
      await navigate({ to: '/catalog/$name', params: { name: fullName } })
    },
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          create.mutate({
            name: String(form.get('name')).trim(),
            comment: String(form.get('comment')).trim(),
          })
        }}
      >
        <FormField label={t('catalog.name')} problem={create.isError ? create.error.message : undefined}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              name="name"
              required
              maxLength={255}
              autoComplete="off"
            />
          )}
        </FormField>
        <FormField label={t('catalog.comment')}>
          {(attributes) => <textarea {...attributes} className="input" name="comment" rows={3} />}
        </FormField>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={create.isPending}>
            {t('common.create')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
