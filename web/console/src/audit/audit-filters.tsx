import { useTranslation } from 'react-i18next'
import { OUTCOMES } from '../api/audit.js'
import { useAuditWords } from '../server-words/operation-name.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'
import type { AuditSearch } from './audit-query.js'
import { AUDITED_TYPES } from './audited-types.js'

const TEXTS = ['principal', 'action', 'object', 'address'] as const
const TIMES = ['from', 'to'] as const

interface AuditFiltersProps {
  readonly search: AuditSearch
  readonly onChange: (search: AuditSearch) => void
}

/** A form of filters; Enter or the button applies all of them. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const { t } = useTranslation()
  const words = useAuditWords()
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
                placeholder={name === 'action' ? 'createTable' : undefined}
                spellCheck={false}
              />
            )}
          </FormField>
        ))}
        <FormField label={t('audit.by.type')}>
          {(field) => (
            <select {...field} className="input" name="type" defaultValue={search.type ?? ''}>
              <option value="">{t('audit.all')}</option>
              {AUDITED_TYPES.map((type) => (
                <option key={type} value={type}>
                  {words.kind(type)}
                </option>
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
