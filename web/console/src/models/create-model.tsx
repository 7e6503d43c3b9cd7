import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { createModel } from '../api/model-changes.js'
import { queryKeys } from '../api/query-keys.js'
import { fieldText } from '../ui/field-text.js'
import { FormDialog } from '../ui/form-dialog.js'
import { NameField } from '../ui/name-field.js'
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
    <FormDialog
      title={t('models.create')}
      onClose={onClose}
      action={t('common.create')}
      request={create}
      onSubmit={(fields) =>
        create.mutate({ name: fieldText(fields, 'name'), description: fieldText(fields, 'description') })
      }
    >
      <NameField label={t('models.name')} maxLength={MAX_NAME} />
      <DescriptionField />
    </FormDialog>
  )
}
