import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { createExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { fieldText } from '../ui/field-text.js'
import { FormDialog } from '../ui/form-dialog.js'
import { NameField } from '../ui/name-field.js'

export function CreateExperiment({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: createExperiment,
    onSuccess: async ({ experiment_id }) => {
      await queries.invalidateQueries({ queryKey: queryKeys.experiments() })
      await navigate({ to: '/experiments/$experimentId', params: { experimentId: experiment_id } })
    },
  })
  return (
    <FormDialog
      title={t('experiments.create')}
      onClose={onClose}
      action={t('common.create')}
      request={create}
      onSubmit={(fields) => create.mutate(fieldText(fields, 'name'))}
    >
      <NameField label={t('experiments.name')} maxLength={500} placeholder="/movies" />
    </FormDialog>
  )
}
