import { useTranslation } from 'react-i18next'
import { OUTCOMES } from '../api/audit.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'
import type { AuditSearch } from './audit-query.js'

const TYPES = [
  ...['metastore', 'catalog', 'schema', 'table', 'volume', 'experiment', 'registered_model'],
  ...[
    'serving_endpoint',
    'job',
    'secret_scope',
    'notification_destination',
    'user',
    'group',
    'service_principal',
    'token',
    'invite',
    'session',
    'webhook',
  ],
]
const TEXTS = ['principal', 'action', 'object', 'address'] as const
const TIMES = ['from', 'to'] as const

interface AuditFiltersProps {
  readonly search: AuditSearch
  readonly onChange: (search: AuditSearch) => void
}

/** A form of filters; Enter or the button applies all of them. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const { t } = useTranslation()
  const submit = (fields: FormData) => {
    const entries = [...fields].map(([name, value]) => [name, String(value).trim()])
    onChange(Object.fromEntries(entries.filter(([, value]) => value !== '')))
  }
  return (
    <search>
      {/* The key lets links into the page and the reset button refill the fields. */}
      <SubmitForm
        key={JSON.stringify(search)}
        className="audit-filters"
        aria-label={t('audit.filters')}
        action={t('audit.apply')}
        buttons={
          <button type="button" className="button" onClick={() => onChange({})}>
            {t('audit.reset')}
          </button>
        }
        onSubmit={submit}
      >
        {TEXTS.map((name) => (
          <FormField key={name} label={t(`audit.by.${name}`)}>
            {(field) => (
              <input
                {...field}
                className="input"
                name={name}
                defaultValue={search[name] ?? ''}
                spellCheck={false}
              />
            )}
          </FormField>
        ))}
        <FormField label={t('audit.by.type')}>
          {(field) => (
            <select {...field} className="input" name="type" defaultValue={search.type ?? ''}>
              <option value="">{t('audit.all')}</option>
              {TYPES.map((type) => (
                <option key={type}>{type}</option>
              ))}
            </select>
          )}
        </FormField>
        <FormField label={t('audit.by.outcome')}>
          {(field) => (
            <select {...field} className="input" name="outcome" defaultValue={search.outcome ?? ''}>
              <option value="">{t('audit.all')}</option>
              {OUTCOMES.map((outcome) => (
                <option key={outcome} value={outcome}>
                  {t(`audit.${outcome}`)}
                </option>
              ))}
            </select>
          )}
        </FormField>
        {TIMES.map((name) => (
          <FormField key={name} label={t(`audit.by.${name}`)}>
            {(field) => (
              <input
                {...field}
                className="input"
                type="datetime-local"
                name={name}
                defaultValue={search[name] ?? ''}
              />
            )}
          </FormField>
        ))}
      </SubmitForm>
    </search>
  )
}
