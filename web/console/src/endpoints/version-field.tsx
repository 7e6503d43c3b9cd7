import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { modelQuery, versionsQuery } from '../models/queries.js'
import { useModelSearch } from '../models/use-model-search.js'
import { FormField } from '../ui/form-field.js'

interface VersionFieldProps {
  readonly model: string
  readonly value: string
  readonly problem: ReactNode
  readonly onChange: (version: string) => void
}

/** An alias to follow or a fixed version of a registered model. */
export function VersionField({ model, value, problem, onChange }: VersionFieldProps) {
  const { t } = useTranslation()
  const { aliases, versions } = useVersions(model)
  const isListed = aliases.some(({ alias }) => value === `@${alias}`) || versions.includes(value)
  return (
    <FormField label={t('endpointForm.version')} problem={problem}>
      {(attributes) => (
        <select
          {...attributes}
          className="select"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">{t('endpointForm.chooseVersion')}</option>
          {value && !isListed && <option value={value}>{value}</option>}
          {aliases.length > 0 && (
            <optgroup label={t('endpointForm.aliases')}>
              {aliases.map(({ alias, version }) => (
                <option key={alias} value={`@${alias}`}>
                  {t('endpointForm.aliasOption', { alias, version })}
                </option>
              ))}
            </optgroup>
          )}
          {versions.length > 0 && (
            <optgroup label={t('endpointForm.versions')}>
              {versions.map((version) => (
                <option key={version} value={version}>
                  {t('endpointForm.versionOption', { version })}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      )}
    </FormField>
  )
}

/** None while the text is not the name of a model. */
function useVersions(name: string) {
  const models = useModelSearch(name)
  const enabled = models.data?.some((model) => model.name === name.trim()) ?? false
  const model = useQuery({ ...modelQuery(name.trim()), enabled })
  const versions = useQuery({ ...versionsQuery(name.trim()), enabled })
  return {
    aliases: (enabled && model.data?.aliases) || [],
    versions: (enabled && versions.data?.map(({ version }) => version)) || [],
  }
}
