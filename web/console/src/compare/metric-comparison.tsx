import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { metricLabel } from '../metrics/metric-name.js'
import type { RunRow } from '../runs/row.js'
import { ComparisonTable } from './comparison-table.js'
import { bestOf, type Comparison, directionOf } from './differences.js'

interface MetricComparisonProps {
  readonly rows: readonly RunRow[]
  readonly metrics: readonly Comparison<number>[]
  readonly all: boolean
  /** Index of the baseline run, −1 for none. */
  readonly baseline: number
  /** Whether to mark the best value. */
  readonly comparable: boolean
}

export function MetricComparison({ rows, metrics, all, baseline, comparable }: MetricComparisonProps) {
  const { t } = useTranslation()
  return (
    <ComparisonTable
      title={t('kind.metrics')}
      rows={rows}
      comparisons={metrics}
      all={all}
      numeric
      label={metricLabel}
      cell={({ key, values }, index) => (
        <MetricCell metric={key} values={values} index={index} baseline={baseline} comparable={comparable} />
      )}
    />
  )
}

interface MetricCellProps {
  readonly metric: string
  readonly values: readonly (number | undefined)[]
  readonly index: number
  readonly baseline: number
  readonly comparable: boolean
}

function MetricCell({ metric, values, index, baseline, comparable }: MetricCellProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const value = values[index]
  if (value === undefined) return <span className="muted">–</span>
  const best = comparable && bestOf(metric, values) === index
  return (
    <span className="metric-cell">
      <span className={best ? 'best' : ''} title={String(value)}>
        {format.metric(value)}
        {best && <span className="visually-hidden"> {t('compare.best')}</span>}
      </span>
      {comparable && baseline >= 0 && baseline !== index && (
        <Delta metric={metric} value={value} base={values[baseline]} />
      )}
    </span>
  )
}

function Delta({ metric, value, base }: { metric: string; value: number; base: number | undefined }) {
  const format = useFormat()
  if (base === undefined || Number.isNaN(value - base)) return null
  const delta = value - base
  const good = delta * directionOf(metric)
  const tone = good > 0 ? 'good' : good < 0 ? 'worse' : 'muted'
  const sign = delta > 0 ? '+' : delta < 0 ? '−' : '±'
  return <small className={tone}>{`${sign}${format.metric(Math.abs(delta))}`}</small>
}
