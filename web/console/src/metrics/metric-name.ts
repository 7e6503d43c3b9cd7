/** The figures of a recommender that the journey logs, best known first. */
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

/** What a run's headline is, in this order. */
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

/** Runs log the figures of a second protocol beside those of their own, under a prefix. */
const BESIDE: ReadonlyMap<string, { readonly short: string; readonly protocol: string }> = new Map([
  ['gts_', { short: 'GTS', protocol: 'gts.q90.full.seenfiltered.v1' }],
  ['loo_', { short: 'LOO', protocol: 'loo.full.seenfiltered.v1' }],
])

interface RankingMetric {
  readonly name: string
  readonly k: number
  readonly prefix: string
  /** Where the prefix says that it is not the run's own. */
  readonly protocol?: string
}

/** `precision_at_10` → `{ name: 'precision', k: 10 }` where we can explain it. */
export function rankingMetric(key: string): RankingMetric | undefined {
  const [, start = '', rest = '', k] = AT_K.exec(key) ?? []
  const beside = BESIDE.get(start)
  const name = beside ? rest : start + rest
  if (!SHORT.has(name)) return undefined
  return { name, k: Number(k), prefix: beside ? start : '', ...(beside && { protocol: beside.protocol }) }
}

/** `precision_at_10` → `P@10`, `loo_precision_at_10` → `P@10 LOO`; any other key as it is. */
export function metricLabel(key: string): string {
  const metric = rankingMetric(key)
  if (!metric) return key
  const label = `${SHORT.get(metric.name)}@${metric.k}`
  return metric.prefix ? `${label} ${BESIDE.get(metric.prefix)!.short}` : label
}

export const intervalKeys = (key: string) => [`${key}_ci_low`, `${key}_ci_high`] as const

/** Bounds of an interval are drawn on their metric, not listed beside it. */
export const isIntervalKey = (key: string) => key.endsWith('_ci_low') || key.endsWith('_ci_high')

export const isSystemKey = (key: string) => key.startsWith('system/')

/** Headline figures first, the other ranking figures, those of a second protocol, the rest, what the machine did. */
export function compareMetricKeys(a: string, b: string): number {
  return rank(a) - rank(b) || a.localeCompare(b)
}

const KNOWN = RANKING_METRICS.length

function rank(key: string): number {
  const prefix = rankingMetric(key)?.prefix ?? ''
  const known = (RANKING_METRICS as readonly string[]).indexOf(key.slice(prefix.length))
  if (known >= 0) return prefix ? KNOWN + known : known
  return isSystemKey(key) ? 2 * KNOWN + 1 : 2 * KNOWN
}
