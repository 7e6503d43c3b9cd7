import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { FormState } from './form-context.js'
import { ParametersEditor } from './parameters-editor.js'
import { SettingField } from './setting-field.js'

/** A panel of fields under a heading. */
export function FieldSection({
  title,
  action,
  children,
}: {
  title: string
  action?: ReactNode
  children: ReactNode
}) {
  const heading = useId()
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {action}
      </header>
      {children}
    </section>
  )
}

export function GeneralFields({ form }: { form: FormState }) {
  const { t } = useTranslation()
  return (
    <FieldSection title={t('jobForm.general')}>
      <div className="body form-grid">
        <SettingField form={form} path={['name']} label={t('jobForm.name')} editor="text" />
        <SettingField form={form} path={['description']} label={t('jobs.description')} editor="code" />
        <SettingField
          form={form}
          path={['tags']}
          label={t('jobs.tags')}
          hint={t('jobForm.pairs')}
          editor="map"
        />
        <SettingField
          form={form}
          path={['run_as', 'service_principal_name']}
          label={t('jobForm.runAs')}
          hint={t('jobForm.runAsHint')}
          editor="text"
        />
        <SettingField
          form={form}
          path={['max_concurrent_runs']}
          label={t('jobs.maxRuns')}
          editor="number"
          placeholder="1"
        />
        <SettingField
          form={form}
          path={['timeout_seconds']}
          label={t('jobForm.timeoutSeconds')}
          hint={t('jobForm.noLimit')}
          editor="number"
        />
      </div>
      <ParametersEditor form={form} />
    </FieldSection>
  )
}
