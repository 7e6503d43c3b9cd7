import { invalid } from '@cairn/platform/errors'
import { ALERT_COMPARISONS, type AlertComparison } from '@cairn/platform/protocol/cairn/alerts'

export interface ConditionOptions {
  readonly metric?: string
  readonly above?: number
  readonly below?: number
  /** Minutes without a new metric. */
  readonly stalled?: number
}

/** Reads the condition of an alert rule from options. @throws INVALID_PARAMETER_VALUE for two conditions or an incomplete one */
export function conditionFrom(
  type: 'experiment' | 'job',
  { metric, above, below, stalled }: ConditionOptions,
) {
  if (metric !== undefined && stalled !== undefined)
    throw invalid('--metric and --stalled are two conditions: add a rule for each.')
  if (metric === undefined && (above !== undefined || below !== undefined))
    throw invalid(`--${above === undefined ? 'below' : 'above'}: pass --metric too.`)
  if (metric !== undefined) {
    const threshold = above ?? below
    if (threshold === undefined) throw invalid(`--metric: pass --${ALERT_COMPARISONS.join(' or --')} too.`)
    const comparison: AlertComparison = above === undefined ? 'below' : 'above'
    return { kind: 'metric_threshold' as const, metric_key: metric, comparison, threshold }
  }
  if (stalled !== undefined) return { kind: 'run_stalled' as const, minutes: stalled }
  return { kind: type === 'job' ? ('job_failed' as const) : ('run_failed' as const) }
}
