import { compareNaturally } from '../app/natural-order.js'

/** Ranking metrics that the recommender pipeline logs, in display order. */
export const RANKING_METRICS = [
  'precision_at_10',
  'recall_at_10',
  'ndcg_at_10',
  'hr_at_10',
  'mrr_at_10',
  'map_at_10',
  'recall_capped_at_10',
  'coverage_at_10',
  'novelty_at_10',
] as const

/** Metrics at the top of a run, in display order. */
export const HEADLINE_METRICS = ['precision_at_10', 'recall_at_10', 'ndcg_at_10'] as const

const SHORT: ReadonlyMap<string, string> = new Map([
  ['precision', 'P'],
  ['recall', 'R'],
  ['ndcg', 'NDCG'],
  ['hr', 'HR'],
  ['mrr', 'MRR'],
  ['map', 'MAP'],
  ['recall_capped', 'R capped'],
  ['coverage', 'Coverage'],
  ['novelty', 'Novelty'],
])

const AT_K = /^([a-z]+_)?(.+)_at_(\d+)$/

/** Prefixes of metrics measured by a second protocol. */
const SECONDARY_PROTOCOLS: ReadonlyMap<string, { readonly short: string; readonly protocol: string }> =
  new Map([
    ['gts_', { short: 'GTS', protocol: 'gts.q90.full.seenfiltered.v1' }],
    ['loo_', { short: 'LOO', protocol: 'loo.full.seenfiltered.v1' }],
  ])

interface RankingMetric {
  readonly name: string
  readonly k: number
  readonly prefix: string
  /** Set if the prefix names another protocol than the run's own. */
  readonly protocol?: string
}

/** `precision_at_10` → `{ name: 'precision', k: 10 }`; undefined for metrics without a definition here. */
export function rankingMetric(key: string): RankingMetric | undefined {
  const [, start = '', rest = '', k] = AT_K.exec(key) ?? []
  const beside = SECONDARY_PROTOCOLS.get(start)
  const name = beside ? rest : start + rest
  if (!SHORT.has(name)) return undefined
  return { name, k: Number(k), prefix: beside ? start : '', ...(beside && { protocol: beside.protocol }) }
}

/** `precision_at_10` → `P@10`, `loo_precision_at_10` → `P@10 LOO`; other keys unchanged. */
export function metricLabel(key: string): string {
  const metric = rankingMetric(key)
  if (!metric) return key
  const label = `${SHORT.get(metric.name)}@${metric.k}`
  return metric.prefix ? `${label} ${SECONDARY_PROTOCOLS.get(metric.prefix)!.short}` : label
}

export const intervalKeys = (key: string) => [`${key}_ci_low`, `${key}_ci_high`] as const

/** Interval bounds are drawn with their metric instead of being listed. */
export const isIntervalKey = (key: string) => key.endsWith('_ci_low') || key.endsWith('_ci_high')

export const isSystemKey = (key: string) => key.startsWith('system/')

/** Returns whether a metric is neither a bound of an interval nor of the system. */
export const isOwnMetric = (key: string) => !isIntervalKey(key) && !isSystemKey(key)

/** Order: ranking metrics, those of a second protocol, other metrics, system metrics. */
export function compareMetricKeys(a: string, b: string): number {
  return rank(a) - rank(b) || compareNaturally(a, b)
}

const KNOWN = RANKING_METRICS.length

function rank(key: string): number {
  const prefix = rankingMetric(key)?.prefix ?? ''
  const known = (RANKING_METRICS as readonly string[]).indexOf(key.slice(prefix.length))
  if (known >= 0) return prefix ? KNOWN + known : known
  return isSystemKey(key) ? 2 * KNOWN + 1 : 2 * KNOWN
}
