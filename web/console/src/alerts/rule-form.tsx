import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type AlertKind,
  type AlertRule,
  createAlertRule,
  type NewRule,
  updateAlertRule,
  type WatchedObject,
} from '../api/alerts.js'
import { queryKeys } from '../api/query-keys.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'
import { ConditionFields, WebhookFields } from './rule-fields.js'
import './alerts.css'

const KINDS = {
  experiment: ['metric_threshold', 'run_failed', 'run_stalled'],
  job: ['job_failed'],
} as const satisfies Record<WatchedObject['type'], readonly AlertKind[]>

interface RuleFormProps {
  readonly object: WatchedObject
  /** The rule to change; a new one otherwise. */
  readonly rule?: AlertRule
  readonly onClose?: () => void
}

/** A form that adds an alert rule to an experiment or a job, or changes one. */
export function RuleForm({ object, rule, onClose }: RuleFormProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const kinds: readonly AlertKind[] = KINDS[object.type]
  const nameField = useRef<HTMLInputElement>(null)
  const isChange = rule !== undefined
  const [chosen, setKind] = useState<AlertKind>(kinds[0]!)
  const kind = rule?.kind ?? chosen
  const save = useMutation({
    mutationFn: ({ values }: { values: NewRule; form: HTMLFormElement }) =>
      rule ? updateAlertRule(object, rule.rule_id, changeOf(values)) : createAlertRule(object, values),
    onSuccess: async (_answer, { form }) => {
      form.reset()
      await queries.invalidateQueries({ queryKey: queryKeys.alertRules(object.type, object.id) })
      if (onClose) onClose()
      else nameField.current?.focus()
    },
  })
  useEffect(() => {
    if (isChange) nameField.current?.focus() // the button that opened the form is gone
  }, [isChange])
  const title = rule ? t('alerts.editOf', { name: rule.name }) : t('alerts.add')
  return (
    <SubmitForm
      className="stack alert-rule-form"
      aria-label={title}
      action={t(rule ? 'edit.save' : 'alerts.addRule')}
      request={save}
      onSubmit={(fields, form) => save.mutate({ values: ruleOf(kind, fields), form })}
      onCancel={onClose}
    >
      <h3>{title}</h3>
      <FormField label={t('alerts.name')}>
        {(field) => (
          <input
            {...field}
            ref={nameField}
            className="input"
            name="name"
            defaultValue={rule?.name}
            maxLength={100}
            required
          />
        )}
      </FormField>
      {kinds.length > 1 && !rule && (
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
      <ConditionFields kind={kind} rule={rule} />
      <WebhookFields rule={rule} />
    </SubmitForm>
  )
}

function ruleOf(kind: AlertKind, fields: FormData): NewRule {
  const text = (name: string) => String(fields.get(name) ?? '').trim()
  const url = text('webhook_url')
  return {
    ...{ name: text('name'), kind },
    ...((url || fields.get('no_webhook')) && { webhook_url: url }),
    ...(kind === 'run_stalled' && { minutes: Number(text('minutes')) }),
    ...(kind === 'metric_threshold' && {
      metric_key: text('metric_key'),
      comparison: text('comparison') as 'above',
      threshold: Number(text('threshold')),
    }),
  }
}

/** The kind of a rule cannot be changed. */
const changeOf = ({ kind: _kind, ...change }: NewRule) => change
