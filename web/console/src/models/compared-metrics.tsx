import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { compareMetricKeys, isOwnMetric, metricLabel } from '../metrics/metric-name.js'
import { intervalOf } from '../runs/row.js'
import type { Pair } from './compare-versions-page.js'
import { ComparisonPanel } from './comparison-panel.js'
import { type Difference, differencesOf, overlap, relativeChange } from './differences.js'
import { MetricWithInterval } from './metric-with-interval.js'
import { useRowsOf } from './use-rows-of.js'

/** The last values of the runs of two versions, with their change and 95% intervals. */
export function ComparedMetrics({ pair }: { pair: Pair }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { left, right } = useRowsOf(pair)
  const metricsOf = (row: typeof left) =>
    new Map([...(row?.metrics ?? [])].filter(([key]) => isOwnMetric(key)))
  const change = ({ key, left: from, right: to }: Difference<number>) => {
    if (from === undefined || to === undefined || from === to) return null
    const relative = relativeChange(from, to)
    const [a, b] = [left && intervalOf(left.metrics, key), right && intervalOf(right.metrics, key)]
    return (
      <>
        {to > from ? '+' : ''}
        {format.metric(to - from)}
        {relative !== undefined && <span className="muted"> ({format.percent(relative)})</span>}
        {a && b && overlap(a, b) && <small className="muted overlap">{t('compareVersions.overlap')}</small>}
      </>
    )
  }
  return (
    <ComparisonPanel
      title={t('kind.metrics')}
      pair={pair}
      rows={differencesOf(metricsOf(left), metricsOf(right), compareMetricKeys)}
      empty={t('compareVersions.noMetrics')}
      label={(key) => <span title={key}>{metricLabel(key)}</span>}
      value={(value, key) => {
        const row = left?.metrics.get(key) === value ? left : right
        return <MetricWithInterval value={value} interval={row && intervalOf(row.metrics, key)} />
      }}
      change={change}
    />
  )
}
