import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { codeOf } from '../api/http.js'
import { createModel, createVersion } from '../api/model-changes.js'
import { queryKeys } from '../api/query-keys.js'
import type { Run } from '../api/runs.js'
import { Dialog } from '../ui/dialog.js'
import { fieldText } from '../ui/field-text.js'
import { FormField } from '../ui/form-field.js'
import { NameField } from '../ui/name-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { SubmitForm } from '../ui/submit-form.js'
import { DescriptionField } from './description-field.js'
import { type ModelSource, useModelSources } from './model-sources.js'
import { useModelSearch } from './use-model-search.js'

interface RegisterModelProps {
  readonly run: Run
  readonly onClose: () => void
}

/** Registers a model of a run as a version of a new or an existing registered model. */
export function RegisterModel({ run, onClose }: RegisterModelProps) {
  const { t } = useTranslation()
  const sources = useModelSources(run)
  return (
    <Dialog title={t('register.title')} onClose={onClose}>
      {sources.isPending && <Skeleton lines={3} />}
      {sources.error && <Failure error={sources.error} />}
      {!sources.isPending && !sources.error && sources.data.length === 0 && (
        <Empty title={t('register.noModel')} code={'mlflow.sklearn.log_model(model, name="model")'}>
          {t('register.noModelHelp')}
        </Empty>
      )}
      {!sources.isPending && sources.data.length > 0 && (
        <RegisterForm sources={sources.data} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface RegisterFormProps {
  readonly sources: readonly ModelSource[]
  readonly onClose: () => void
}

function RegisterForm({ sources, onClose }: RegisterFormProps) {
  const { t } = useTranslation()
  const list = useId()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const models = useModelSearch(name)
  const action = useMutation({
    mutationFn: async ({ name, source, description }: Registration) => {
      const { label: _, ...fields } = source
      return registerVersion({ name, ...fields, ...(description && { description }) })
    },
    onSuccess: async ({ name, version }) => {
      await queries.invalidateQueries({ queryKey: queryKeys.versionsOfRun() })
      onClose()
      await navigate({ to: '/models/$name/versions/$version', params: { name, version } })
    },
  })
  return (
    <SubmitForm
      action={t('register.submit')}
      request={action}
      onSubmit={(fields) => {
        action.mutate({
          name: fieldText(fields, 'name'),
          description: fieldText(fields, 'description'),
          source: sources[Number(fields.get('source'))]!,
        })
      }}
      onCancel={onClose}
    >
      <FormField label={t('register.source')}>
        {(attributes) => (
          <select {...attributes} className="select" name="source">
            {sources.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <NameField
        label={t('register.name')}
        hint={t('register.nameHint')}
        list={list}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <datalist id={list}>
        {models.data?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <DescriptionField />
    </SubmitForm>
  )
}

interface Registration {
  readonly name: string
  readonly description: string
  readonly source: ModelSource
}

/**
 * Creates the model, too, unless it exists. A principal that may not create models may still register versions of an
 * existing one.
 */
async function registerVersion(input: Parameters<typeof createVersion>[0]) {
  const refusal = await createModel(input.name).then(
    () => undefined,
    (error: unknown) => {
      if (codeOf(error) === 'RESOURCE_ALREADY_EXISTS') return undefined
      if (codeOf(error) === 'PERMISSION_DENIED') return error
      throw error
    },
  )
  return createVersion(input).catch((error: unknown) => {
    throw refusal && codeOf(error) === 'RESOURCE_DOES_NOT_EXIST' ? refusal : error
  })
}
