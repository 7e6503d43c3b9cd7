import { isOwnMetric } from '../metrics/metric-name.js'
import type { Column } from './columns.js'

/** Example filters with keys that these runs have. */
export function filterExamples(available: readonly Column[]): string[] {
  const metric = available.find(({ kind, key }) => kind === 'metrics' && isOwnMetric(key))
  const param = available.find(({ kind }) => kind === 'params')
  const tag = available.find(({ id }) => id === 'tags.cairn.model_kind')
  const metricName = `metrics.${quoteKey(metric?.key ?? 'precision_at_10')}`
  return [
    `${metricName} > 0.05`,
    `attributes.status = 'FINISHED' AND ${metricName} >= 0.08`,
    `params.${quoteKey(param?.key ?? 'factors')} IS NOT NULL`,
    `tags.${quoteKey(tag?.key ?? 'cairn.model_kind')} = 'als' OR ${metricName} > 0.1`,
    `attributes.run_name ILIKE '%sweep%'`,
    `attributes.run_name RLIKE '^(als|ease)-[0-9]+$'`,
  ]
}

/** A filter with keys that these runs have, for the empty field. */
export function filterPlaceholder(available: readonly Column[]): string {
  const metric = available.find(({ kind, key }) => kind === 'metrics' && isOwnMetric(key))
  const param = available.find(({ kind }) => kind === 'params')
  const clauses = [
    metric && `metrics.${quoteKey(metric.key)} > 0.05`,
    param && `params.${quoteKey(param.key)} IS NOT NULL`,
    "attributes.status = 'FINISHED'",
  ]
  return clauses
    .filter((clause) => clause !== undefined)
    .slice(0, 2)
    .join(' AND ')
}

/** Keys with other characters than letters, digits and `_` need backticks. */
export const quoteKey = (key: string) => (/^\w+$/.test(key) ? key : `\`${key}\``)
