import type { ReactNode } from 'react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { FormField } from '../ui/form-field.js'
import type { Problems } from './draft-problems.js'
import type { SettingsDraft } from './settings-draft.js'

interface SettingsFieldsProps {
  readonly settings: SettingsDraft
  readonly problems: Problems<ReactNode>
  readonly onChange: (settings: SettingsDraft) => void
}

const LIMITS = ['endpointCalls', 'userCalls'] as const
const HOOKS = [
  ['onSuccess', 'email_notifications.on_update_success'],
  ['onFailure', 'email_notifications.on_update_failure'],
] as const

export function SettingsFields({ settings, problems, onChange }: SettingsFieldsProps) {
  const { t } = useTranslation()
  const heading = useId()
  const set = (change: Partial<SettingsDraft>) => onChange({ ...settings, ...change })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('endpointForm.settings')}</h2>
      </header>
      <div className="body settings-fields">
        {LIMITS.map((field) => (
          <FormField
            key={field}
            label={t(`endpointForm.${field}`)}
            problem={settings[field] === '' ? undefined : problems.rate_limits}
          >
            {(attributes) => (
              <input
                {...attributes}
                className="input"
                type="number"
                min="0"
                step="1"
                placeholder={t('endpointForm.noLimit')}
                value={settings[field]}
                onChange={(event) => set({ [field]: event.target.value })}
              />
            )}
          </FormField>
        ))}
        {HOOKS.map(([field, name]) => (
          <FormField
            key={field}
            label={t(`endpointForm.${field}`)}
            hint={t('endpointForm.urls')}
            problem={problems[name]}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                className="input mono"
                rows={2}
                spellCheck={false}
                value={settings[field]}
                onChange={(event) => set({ [field]: event.target.value })}
              />
            )}
          </FormField>
        ))}
      </div>
    </section>
  )
}
