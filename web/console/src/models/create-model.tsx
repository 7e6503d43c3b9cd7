import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { createModel } from '../api/model-changes.js'
import { queryKeys } from '../api/query-keys.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure } from '../ui/states.js'
import { DescriptionField } from './description-field.js'
import { MAX_NAME } from './model-actions.js'

/** Creates a registered model without versions. */
export function CreateModel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: ({ name, description }: Record<'name' | 'description', string>) =>
      createModel(name, description),
    onSuccess: async (_, { name }) => {
      await queries.invalidateQueries({ queryKey: queryKeys.models() })
      await navigate({ to: '/models/$name', params: { name } })
    },
  })
  return (
    <Dialog title={t('models.create')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          const text = (field: string) => String(form.get(field)).trim()
          create.mutate({ name: text('name'), description: text('description') })
        }}
      >
        <FormField label={t('models.name')}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              name="name"
              required
              pattern=".*\S.*"
              maxLength={MAX_NAME}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </FormField>
        <DescriptionField />
        {create.isError && <Failure error={create.error} />}
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
