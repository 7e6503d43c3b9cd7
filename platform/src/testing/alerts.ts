import type { AlertRuleRow } from '../alerts/schema.js'

/** Returns an enabled rule for failed runs of experiment 0, without a webhook. */
export const anAlertRule = (rule: Partial<AlertRuleRow> = {}): AlertRuleRow => ({
  ...{ rule_id: 'r', securable_type: 'experiment', securable_id: '0', name: 'r', kind: 'run_failed' },
  ...{ metric_key: null, comparison: null, threshold: null, minutes: null, webhook_url: null },
  ...{ enabled: 1, created_by: 'local-owner', created_at: 1, changed_at: 1 },
  ...rule,
})
