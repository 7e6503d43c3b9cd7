import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AlertKind, createAlertRule, type NewRule, type WatchedObject } from '../api/alerts.js'
import { queryKeys } from '../api/query-keys.js'
import { Problem } from '../sign-in/problem.js'
import { FormField } from '../ui/form-field.js'
import './alerts.css'

const KINDS = {
  experiment: ['metric_threshold', 'run_failed', 'run_stalled'],
  job: ['job_failed'],
} as const satisfies Record<WatchedObject['type'], readonly AlertKind[]>
const DEFAULT_MINUTES = 30

/** A form that adds an alert rule to an experiment or a job. */
export function RuleForm({ object }: { object: WatchedObject }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const kinds: readonly AlertKind[] = KINDS[object.type]
  const [kind, setKind] = useState<AlertKind>(kinds[0]!)
  const create = useMutation({
    mutationFn: ({ rule }: { rule: NewRule; form: HTMLFormElement }) => createAlertRule(object, rule),
    onSuccess: async (_answer, { form }) => {
      form.reset()
      await queries.invalidateQueries({ queryKey: queryKeys.alertRules(object.type, object.id) })
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    create.mutate({ rule: ruleOf(kind, new FormData(form)), form })
  }
  return (
    <form className="stack alert-rule-form" aria-label={t('alerts.add')} onSubmit={submit}>
      <h3>{t('alerts.add')}</h3>
      <FormField label={t('alerts.name')}>
        {(field) => <input {...field} className="input" name="name" maxLength={100} required />}
      </FormField>
      {kinds.length > 1 && (
        <FormField label={t('alerts.condition')}>
          {(field) => (
            <select
              {...field}
              className="select"
              value={kind}
              onChange={({ target }) => setKind(target.value as AlertKind)}
            >
              {kinds.map((value) => (
                <option key={value} value={value}>
                  {t(`alerts.kindNames.${value}`)}
                </option>
              ))}
            </select>
          )}
        </FormField>
      )}
      {kind === 'metric_threshold' && <ThresholdFields />}
      {kind === 'run_stalled' && (
        <FormField label={t('alerts.minutes')} hint={t('alerts.minutesHint')}>
          {(field) => (
            <input
              {...field}
              {...{
                className: 'input',
                type: 'number',
                name: 'minutes',
                min: 1,
                max: 10_080,
                required: true,
              }}
              defaultValue={DEFAULT_MINUTES}
            />
          )}
        </FormField>
      )}
      <FormField label={t('alerts.webhook')} hint={t('alerts.webhookHint')}>
        {(field) => (
          <input
            {...field}
            className="input"
            type="url"
            name="webhook_url"
            maxLength={2000}
            autoComplete="off"
          />
        )}
      </FormField>
      {create.isError && <Problem message={create.error.message} />}
      <div className="actions">
        <button type="submit" className="button primary" disabled={create.isPending}>
          {t('alerts.addRule')}
        </button>
      </div>
    </form>
  )
}

function ThresholdFields() {
  const { t } = useTranslation()
  return (
    <div className="alert-threshold">
      <FormField label={t('alerts.metric')}>
        {(field) => <input {...field} className="input" name="metric_key" maxLength={250} required />}
      </FormField>
      <FormField label={t('alerts.comparison')}>
        {(field) => (
          <select {...field} className="select" name="comparison">
            {(['above', 'below'] as const).map((value) => (
              <option key={value} value={value}>
                {t(`alerts.${value}`)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <FormField label={t('alerts.threshold')}>
        {(field) => <input {...field} className="input" type="number" name="threshold" step="any" required />}
      </FormField>
    </div>
  )
}

function ruleOf(kind: AlertKind, fields: FormData): NewRule {
  const text = (name: string) => String(fields.get(name) ?? '').trim()
  const url = text('webhook_url')
  return {
    ...{ name: text('name'), kind },
    ...(url && { webhook_url: url }),
    ...(kind === 'run_stalled' && { minutes: Number(text('minutes')) }),
    ...(kind === 'metric_threshold' && {
      metric_key: text('metric_key'),
      comparison: text('comparison') as 'above',
      threshold: Number(text('threshold')),
    }),
  }
}
