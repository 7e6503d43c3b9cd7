import { useTranslation } from 'react-i18next'
import type { ComparedMetric } from '../api/runs.js'
import { useFormat } from '../i18n/format.js'
import { metricLabel } from '../metrics/metric-name.js'
import { intervalOf, type RunRow } from '../runs/row.js'
import { ComparisonTable } from './comparison-table.js'
import { bestOf, directionOf } from './differences.js'

interface MetricComparisonProps {
  readonly rows: readonly RunRow[]
  readonly metrics: readonly ComparedMetric[]
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
      kind="metrics"
      rows={rows}
      keys={metrics}
      all={all}
      label={metricLabel}
      cells={(key, runs) => {
        const logged = rows.map(({ info }) => runs.get(info.run_id))
        const values = logged.map((run) => run?.metrics.get(key))
        const best = comparable
          ? bestOf(
              key,
              values,
              logged.map((run) => run && intervalOf(run.metrics, key)),
            )
          : undefined
        const base = comparable && baseline >= 0 ? values[baseline] : undefined
        return (run) => (
          <MetricCell
            metric={key}
            value={values[run]}
            isBest={best?.has(run) ?? false}
            base={run === baseline ? undefined : base}
          />
        )
      }}
    />
  )
}

interface MetricCellProps {
  readonly metric: string
  readonly value: number | undefined
  readonly isBest: boolean
  readonly base: number | undefined
}

function MetricCell({ metric, value, isBest, base }: MetricCellProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (value === undefined) return <span className="muted">–</span>
  return (
    <span className="metric-cell">
      <span className={isBest ? 'best' : ''} title={String(value)}>
        {format.metric(value)}
        {isBest && <span className="visually-hidden"> {t('compare.best')}</span>}
      </span>
      <Delta metric={metric} value={value} base={base} />
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
