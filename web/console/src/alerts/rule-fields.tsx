import { useTranslation } from 'react-i18next'
import type { AlertKind, AlertRule } from '../api/alerts.js'
import { FormField } from '../ui/form-field.js'

const DEFAULT_MINUTES = 30

interface RuleFieldsProps {
  /** The rule whose values are shown first. */
  readonly rule: AlertRule | undefined
}

/** The fields of the condition that the kind of the rule has. */
export function ConditionFields({ kind, rule }: RuleFieldsProps & { readonly kind: AlertKind }) {
  const { t } = useTranslation()
  return (
    <>
      {kind === 'metric_threshold' && <ThresholdFields rule={rule} />}
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
              defaultValue={rule?.minutes ?? DEFAULT_MINUTES}
            />
          )}
        </FormField>
      )}
    </>
  )
}

function ThresholdFields({ rule }: RuleFieldsProps) {
  const { t } = useTranslation()
  return (
    <div className="alert-threshold">
      <FormField label={t('alerts.metric')}>
        {(field) => (
          <input
            {...field}
            {...{ className: 'input', name: 'metric_key', maxLength: 250, required: true }}
            defaultValue={rule?.metric_key}
          />
        )}
      </FormField>
      <FormField label={t('alerts.comparison')}>
        {(field) => (
          <select {...field} className="select" name="comparison" defaultValue={rule?.comparison}>
            {(['above', 'below'] as const).map((value) => (
              <option key={value} value={value}>
                {t(`alerts.${value}`)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <FormField label={t('alerts.threshold')}>
        {(field) => (
          <input
            {...field}
            {...{ className: 'input', type: 'number', name: 'threshold', step: 'any', required: true }}
            defaultValue={rule?.threshold}
          />
        )}
      </FormField>
    </div>
  )
}

/** A webhook, whose URL is not shown after it was saved. */
export function WebhookFields({ rule }: RuleFieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <FormField
        label={t('alerts.webhook')}
        hint={t(rule?.has_webhook ? 'alerts.keptWebhookHint' : 'alerts.webhookHint')}
      >
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
      {rule?.has_webhook && (
        <label className="check-line">
          <input type="checkbox" name="no_webhook" />
          {t('alerts.removeWebhook')}
        </label>
      )}
    </>
  )
}
