import { useTranslation } from 'react-i18next'
import type { AlertRule } from '../api/alerts.js'
import { useFormat } from '../i18n/format.js'

type Condition = Pick<AlertRule, 'kind' | 'metric_key' | 'comparison' | 'threshold' | 'minutes'>

/** Returns a function that formats the condition of a rule: `loss above 2`. */
export function useConditionText() {
  const { t } = useTranslation()
  const format = useFormat()
  return ({ kind, metric_key, comparison, threshold, minutes }: Condition) =>
    kind === 'metric_threshold'
      ? t(`alerts.${comparison ?? 'above'}Threshold`, { metric: metric_key, value: format.metric(threshold) })
      : t(`alerts.kinds.${kind}`, { count: minutes ?? 0 })
}
