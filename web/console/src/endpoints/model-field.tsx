import type { ReactNode } from 'react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useModelSearch } from '../models/use-model-search.js'
import { FormField } from '../ui/form-field.js'

interface ModelFieldProps {
  readonly value: string
  readonly problem: ReactNode
  readonly onChange: (model: string) => void
}

/** The name of a registered model, with suggestions of the registry. */
export function ModelField({ value, problem, onChange }: ModelFieldProps) {
  const { t } = useTranslation()
  const suggestions = useId()
  const models = useModelSearch(value)
  const isUnknown = value !== '' && models.data?.length === 0
  return (
    <FormField
      label={t('endpointForm.model')}
      problem={problem ?? (isUnknown ? t('endpointForm.noModels') : undefined)}
    >
      {(attributes) => (
        <>
          <input
            {...attributes}
            className="input"
            list={suggestions}
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={suggestions}>
            {models.data?.map(({ name }) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </FormField>
  )
}
